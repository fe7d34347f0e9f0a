// Files written by netCDF4 and h5py in Python, deflated, in base64.
import { inflateSync } from "node:zlib";

const bytes = (text: string): Uint8Array => new Uint8Array(inflateSync(Buffer.from(text, "base64")));

/** netCDF4 1.6, NETCDF3_64BIT_OFFSET: packed cube, record variables, texts, _Unsigned. */
export const offsetNc = bytes(
  "eNptU89rE0EUfrvZWk17EhG9FCuKgiJFEY8ZbIn00KPSW5gmk2RwdiKZiTV6qCt6FAQv/hUehEIPPfSPKOil0P4HPSqUjPtm3riLOrB878373jfvR7" +
    "K61k4BYK78moSZlbmAcJJpwAbar4KN/OY2fymU0AM79HdZ+c0rYa0YGyCdRcxB20qrRJWb5byH7gLmoN+dbIn4BnEalI/Y7LSlUs+4moiqlrOr3l40" +
    "Xa5Ep8+7djQu/XMYa71/ffLk66U3mMt7vc6o3zfCen6In0I8qLVCpQ3/01dSq8X3MtHSmqqXVOd/dK/R9Rc/Q5G/IE7UiQe5V4i7j9y+4oO/ODEnI9" +
    "4h2pr7vUTNrMbFu/Nk/sC5GsutHGmo8dMav1HTPsa+tqZWmOrdlHpGvNB5qo0caNGr7dCO/Tbmc2mM1IO487R1ALBz8E/9e7PD2S+35Fbd0H1039x3" +
    "dwbL0Ibn8Al2y1265Eaynujkc7KXHKVpeotNQztsZy3guyDKPpx4dHNFEZtp/QzIaAKzoijsWMTf8AK7SHGaOlsK6EqeGUnlncuwzK5T/CbhbVIoeT" +
    "w+dhcesTsUv0e48jY0XFQ1wWPYYPcp/iDE2UOaRsnb5uVfBZ1N6P4GAfd7Kg==",
);

/** netCDF4 1.6, NETCDF3_CLASSIC: one record variable of 3 bytes a record. */
export const singleNc = bytes(
  "eNpzdnFjZGBgYAFiLiBmAmLGEgY4YMyG0MwIIQZukDhIT35eTiVUDwNUjAGJDTIzgYGRiZmFlY2dg5OLGwABpgQ/",
);

/** netCDF4 1.6, NETCDF3_64BIT_DATA (CDF-5): unsigned and 64-bit integers. */
export const cdf5Nc = bytes(
  "eNpzdnFjZYAAJiDmQmKDAGM2Axwww8RKGHACbijNDlObiJBjRFLHgybGWpSYl56KqpeJoQGFzwIVPgDTm0S62RwI/81xQOJDaaYjML3JpJvNiRx2my" +
    "7EIYtB9TGdgelPId18eNx8wAx3mJwEVMkNmDmppNvDjZYGkPVzo9kDcwpjEUIdExb7kAErqhuYYXHAWIjpVnQzmFHTArMIQ8P//6C4/P8fREPCHcRG" +
    "DyMB7G5hbEBykz0IgwTYGxjtgakMlEAcFECpo4ERAJujKvA=",
);

/** netCDF4 1.6, NETCDF4: as offset.nc, with a group. */
export const fourNc = bytes(
  "eNrtXX9wFNUd/+7e3mXJb5JAEiByYG2RhBhCAijFkB93CRICJam1hSG9JJtwzuUCdxsMWCRYaGmhA4N0HKVVpzC2ZcR2GEu1DNUOLaNDqzD+gVWwBS" +
    "p2GFRkGKSKpPt+7d6+3HKJXOyUeR/IvHtvv+/te9/3fW+/73vf7+2PGur8GanjUmVVBYYBiscfIfkyWv7HZyqLFzXULZHTX5An4xJXBr30+TSSbisl" +
    "6e9omiqDhNIxE0BB9LLZOI/0ibhB8ICKSPWgHtIg1yhC9WTjrzvQoWVnI6KZRaTxbtbhSXFLU8COM+ErL+LuZ9wtSXmoRJYkiR+0Kw/1ePSkifjGAF" +
    "7IVyF/vfHJjcfiSkOdcMMTVaTeYVqfjTDFeYTFthHWNlY3N+MRZtMR1s1f6Gtqnr+oqbW5trrRB+nfAeOOLuNmuEJT9UIfpp9H6VtWBKNe43/AG9b0" +
    "2jq/tyPYrYWjwZ6wt61X94Z7dOvS6kAkGGgLaaVehjJAHZKN9jMhHbXf2qTp7R2dFXXB7mAHZKtgckC2mLi9ZM92wsTZMUx00atmmoiJqYiJChz4Hq" +
    "HfzzHR8//CxBnDYyKRtgulZWHCQ4jhIWOyPCweAuRMIPQ7Rk4QyY0Ok37ACnqjYY0cjyoTBuHKkZrqRbUNCzz5KCcprFzRjWn4iGbI/Wd5SG5pTHU1" +
    "0/8Rqj6ys1wO549/997BU8Z6q9inzFsFZDOdBxVpUDFgrAp3Jp6yqdYm+1Q9GdUOOqoFQ18C1WT68gy+51l8r+3piXQEwwFdi9q5L1m7nBSzTtH0Sc" +
    "ORAiaZ5z772ljEczUHNyXJM6g8MLkoJ3LhJv3rCgTDCTtkfJL/VHHit5sjR1HThDV7qGTrrOE7WMP2SU6jHX4osFoLaeEuHUlorse7zlsBvrX3vTp4" +
    "4ty0Rfcw11r93PhrTUn2WitXb2KtKQ5rbW//sfMWd58dRUrpcww848gKZMKcEtJ0XYtE/+WxWljw1rroyC+3Sjhe+fZL5qxV4FlzWU8ZmV92TuXpaO" +
    "4Qd8iVbHCreDaLUb7wWtpYlJNlNMUS3Z/RP1RfHY9bkJXdRVbjsX+J1ylh83uUzbskaybdw3leLFjz+3etWeO1HLZvMklW2nvbtCetbQYW/m3fDjxl" +
    "84e9a/BPdYkOHe8eM4kEpNHm/MFQ6P5AqFez8TveUi+8lu4nwpxh1DTqRtsDIa21M9Cu90Tibp7xWnk47/n602s3VqXXof6gfuC2Ah0drT2dnVFNH3" +
    "JLBBer0kNo9C7IMvqdF7suG+c3t0AhXbKI3aqD1oNa7E8jn0dx+VQuj5LXDt03UF+7qFEC2nhMr9gMVsh22ebLXVx5n8u+Bnh6twO9hysvdtuVaL4d" +
    "1aGdUQ70qQ70aQ73TefKmSqQ4VCe6XDfLAf6bIfy0Q7lOVw52xVzHejzHMrHOPBhrEN5vsO4Cri9vdCh/gTuMNSsRwKHn9agiFsFbVx7KzNAQEBAQE" +
    "BAQEBAQEBAIInAppllxJYydMsD/11BrGVhNJdHJ9dXLzb8JZ7tI9ZQhK1KwepzsaZdZspiZMgG5YK/UyvoXlbt/pHjT/2iQx9Y1q+zd5JSZn9FxjTX" +
    "UI1p2GxVRIw81BzbGw7qUXyGZ2a9cDfAB7mTNvqbm33wDv0WUzoGUIZ49vqHuT954bOWH+JZ85FZyyRNtTbVLo70rNQielAjTU6mTa7WIsjyObe8JI" +
    "y7N7ei9O7SspIVHZ2Vc6eXTi8rnU2sBfwVVPbGvmObW5b4fMgoydsXC4fIwrPT7SYGHjKXvzbdbsKQE7SfU243bcgJ2v9qefzrTqmAgICAgICAgICA" +
    "wPCOmOxAN4fq3l52gAoRb4QsKEP6/hKf37fE11TrI0fPmTI5enYE9AD6St08g5ruHKAm8uxhR0ymzR9J6bQccr6Cr8iWQw77Otv0xmTliTyrimM9q1" +
    "T8ralLdi2rsTrjon0fgiuqj3RlGK4S8c4sEjDPtWn0RPUgd+T5/k/f/s/QphAzLCOOB5PJKNPXhTBeBXcKYQzKb1BzCUfknY3sKE8oh8CNm3c3w5LW" +
    "OFwjB99KrFEDfa2/5bZLR77AanCUPZ6lpkxip6Fc2oNYtoIpaNeWW310w5BZmxxBU0xB6x/PCdoYRz5s23u+1b+kYTH2DJBNf4iY8R+jeWYFcTqYpw" +
    "+R80pMTYkOSYJl81jZ8T/8YHNNS0OdwUCZOIZ0TJl2F7sHu8snR4t0TOVBVFmYas49PNWqX+99x99sUMGxOFJk79Vi6MP7IblSQD0jxoE9/Ub03P6a" +
    "lkY/uB9Zp6VACTaQqBfO50OL8bEIXj69pRDexxWeuppVgzmfD+9duqcefoE/nm2b82PYgj+enHroMSiU0Medk8c/D0jUC+DnLxb+BlbhFh49vP8AvI" +
    "RpNx4Y9yYeRD78ctNzn2IXO+PGz5zqFU+2/8WTNLnG2gwuj9yYUk7V1ySz133LD16asfuTbWc27hu4/vnAwNMbNkjQejT1tr7lj0Xf1U9NW3qpSi0r" +
    "uxYAaKhQn+tb3vzxyVXfylELNvwzyxjLnRc8S/uWH9311z2lo5StWxsb1/cDTDzo3kSeM2vI+q1bT9JXHiXp6U3z7L24Sv1MVVqeQ9MCmt5G08k0vY" +
    "OmU2haTNNSkvaX0Xw5zc+g+cp5ekTTINoTDEHAvPtDxmYaQZvKWJhkrN1ZUAML4QFoB7zLSwPXP9wO2GfemooJ3NQUCfkXEBAQEBAAwNqwFRxCFF5T" +
    "vSYKsqnwE7XVDO8iai47YVG12GyLaNRm/CbRn80DPtGLmaM51Y2ZfzlVwdPMgwZWrc0jClG6Lzd5T4j5u2lt2PEkLXMnSTOk8YYBOVK/eZz+c4ulKv" +
    "MBNyN+nJbN4/RdVdxxOjsuHy4PVMVzmsiLsbG5RtTG9nGJPX8ibQo5q/wMBXYk8858xCOz7rE7z/m6PV8RtPNqxTp7fvHEJ6qSbIDko3KG20Wl5Ntn" +
    "v8QTYB6XR9voitbz92KJYlY7JlISZf3IT2zvVPvAny2255nIAcdVhp0psxb7G+pqzF8GwOuppe26Q4ivpJhCvYbFuEiKybA+Fs8iKewpkWqFe7KgIe" +
    "fgRYcAOUlJMTujda9kg5YU9rBROkOBLjZ2SWEPHSUc6NbMVaewh09KVA/oBntNEVPYc8jdtsbYfpioSQp7ICnR9kC4d+2t+YAgjkvuQft1QYJ6S+mX" +
    "FAUOJjuGKEfn5DC0haNzOdDt5ugUB7qDnAMT/+WFKnQDAQEBAQEBAYEvoDdKg/TG+Mdv46zyIFeQfWO9UUBAQEBAQOBW0RcG25mUBPUuUDsOo3PSFy" +
    "5ydE52psscnZOd6SpH59TPaw52JhEgJyAgICAgICCQXL3RnaDem+V2fcxJb3yrPL7exuMUR+ekN57h6Jz0xvcd9MZE/RUQEBAQEBAQEIgP4vhceaN3" +
    "tzhFY0/F0djEu7jiYULcRSsN4WUSNx+KjXqYfjtxYE2lv1z2zXA02BXWOmyvW9IjvRqK2ZaTFrNNfn/s5dFtZ68PgCRvEBAQEBAQEBAQEBAQEBAQuJ" +
    "XBvUSaDxfnwV4i7cEWBCuA1NUW7NpFjSieAnKNGR7coUCbFjLDjeuSZfv59I1frYsN9oYZdssPMtGgYG+VvI+wOxiNBsNdMNo7+NWi8ePPX6ky/taf" +
    "nPD4v4mZKetGr1kmZqZRlsnHnUrMTCjfb/DD/ubcBzhLk2skLU0oTe6P/pF34T3ZO7smXri9+frZrfAlRZQzmGHDNM9kkmHLtJIrZDJvT/i+50KDA9" +
    "mUL6btcCyZVBb+wPiBRJ5xIZPKoZebYnnEjYlJnWJE7//Ha6//F3zSfCs=",
);

/** h5py 3.7: every kind of dataset. */
export const kindsH5 = bytes(
  "eNrtXHtwE8cZ/+5OErIRtrB5iEeKYBIw1Bhj8zCBxrKxjUl4FeFCGh4+yyfLk7NkpAObUkDQJgM0UzyUP3gUYpppgbZDmaQtDZ22SjLTAknahCYBZl" +
    "JKW6ZhJjzakASSUKt7e7sn3cln2YS0NtwPPN/t7reP+/Tt3n7ft3fbqiuqBmQOzwQZdjtYwAnJiBPULdWmaXktoQyhWwk9zNJ8Gy5zkXwnad/Naesv" +
    "WVxZCcCp7ev78dgUWk3SeY8oNEDSx2YrdBGYuBdRXVmGf9pjJN1GaGCWQllVw/IWKvTEwuT6mWBXdZRqYndA9fUkq9U/B3iIflthEGo70igJcnoYw+" +
    "AaTnVO2DXzo18iC+cx6B+bND8Gkv4Ok/lx0po8PxjD+eEcBkm9mbhf58cyki4h9LJVyxcW/KLgk/igD6srzBckvp6XeFrubwk0yVQMhZqT9dZt0K93" +
    "wcIKBj01qP7ap3U9zjxCXdO75qPjL5mR5r4JXTazb/9+DnInDOTg9aQC/Sar5jYEQ2Fh1dd4cY1A1wd3KZnjHpjSH6bEOe3zF6O5OcbglSV1Xbk1ls" +
    "h/vELnzF44j0laDjXrlKwPjYJY754MrLqOKgjywVCTIAnhiJImw1D5gk0Kteja80ph/pVnBaBqSculsIBv0ab7XdUBhaSAEC4ITIVW3Ffy/bJJaae6" +
    "ribKrp2N/oDyurLNtcKECRMmTJgwYcKECRMmTNx/YCBDsZUZmlY8LwynZOjtdGqfG+VTf+lu4meoVfkV/yvLKT31h0WKnc5RO92OPRaRwBq/XxRUPw" +
    "JD8usFv8hLgtofR/pBvJIvIISLi5R8O/FUcaxl2fCEC4AjQ6XNquPcShwTNG6g92ed66d1Q+j9J9Sfdbm4azkXEhrV+Wv0fl7Vf+vq23ol+6sZcKT4" +
    "qyd3s753okKNxGrRpb9N+N26fM6g/nHCP9KAX9/+Wd142DTjv5GGX9/+2AKFjtDxG43/8QKtmrBpxi8R/nEG5Xo8Q/gfMuDXp18g/MN15UbjP0f4Bx" +
    "vw69v/oECbthnws2DChAkTJkyYMGGiL0K272QbyZlB93SKvZY4dzMAx8m9Pl4UVlXxPikUlvO7FR/f+oon3Xma9gk6e8zEfQX9eRpqZ5WM1/It5dcK" +
    "ohBskAJaPfPcsT/GpvPHKD0zDKOxexL2jwuzDnSPIjaQG4baYegmvd+FZRlFn5X2OObylztzNCTmlw3Pr5pgoyQf8Uh3ri0zabKwn0sCOj8A9scw6j" +
    "xsG2/q5p3h5GyAT9HfkAqASeivugJqeUTbPal/MQ/MgljN1Ph6+GZi5Sz9kOg2MbY9WYQOIpScQURVoUT22jHahZdoxL9KIbkdO1VU7eFIuYyvA1+9" +
    "gFTag1qJoraiNgZYN4ca4jwWN2LC11Z8bXNzFzm4GJ/+t/jQv8cn/SM+JwaX4uPU/3cz9fa4xG156KODZrWu/Ozm9VJ7YRRynbGSpRtPzwid6Jiz+u" +
    "V3nohvyDx0de2j188fvrj37WwIZLo8c144UIQqxJ9lHK5hw1wdzPn4wdvPrLTZjos22+CFtqdHPe9wnN1YXCi+eCoGUHDIsWWU41vlrSt99QhR5sG1" +
    "Fy490MJf2XT6Sy8WToMFb1mkstWn3kfldXVRrqrKsm/uAy8d+PkDL9kgdx+zzu2yvy7XZbdsipdFNw+0e5Y738t6bu/No9eLvjviaMfOP+351dVfLu" +
    "3YtT/ryIr3mY/mD2mZ0zT3Kdxc7S15lLujVzbFR9/ecsThaPyLw1Gwx5NRY3s6dMbhWLqxqBAgp7n/4axP1l1AVWpjWZ9O++ut/r5XZzR8+PI5WDzF" +
    "0vRbV24RHnwsc9e7A6/MPztQhBG/YD4qli6WyVUszNixP9oUjxe7N5duD54/3vGT1mu3Jgg78rPgn+0ZYx7ZlvEGrl5bSwZknXfudKxt+p7No3+YWz" +
    "MSdqyzlmQdOPqJLNN4KTft2LUPsh+XJqNl6w97rLueWl38vDKw7595sxIpTfZB+PHHUsnvzeXBhAkT9yz+d/tKyO/OvnJNN/eVbNKWgLuL+0r5vQ2t" +
    "PJRIHqPcTko8RZ9OyCdbtU8zrZCZnVY+rnwqES1a/8/6cZfkMbpz+9tYHg8SeRT2cnlo5wtneP891Ycl+dqZpzopetn60VN55CnvH7BKFac9Mb+ryu" +
    "Z5K0GOEddU0sluLJ+v52tb7hv6wabMk4Q8WCIPqicNYUEIgvxuTr269hnLY0V+wkDqO/JgQOsf4dB45eshrLIS8t3sR5YbfR7VQeeS0KMzn6CxfHmD" +
    "9TnvC5ZHVJWH/CwMd7Ofzu6tEbrnu+yZXJqIXPTvTbp7JJeIj5dVHQK86JdpXWODXwzxEi1HaVzkF/kGeX/gC4nYsRsWfKFwfQSlm5pFoRVacEp+P6" +
    "kVzxrUrsgjxmBICjQGGxAN4veJ/HwEtx0J+TGdRDpO915bz+e3sv4b7WcScgWdXDfkdz6S3rX+K344m7rK3Kromp/6TZtLu+ajT/28kjTznvY7pWu+" +
    "ZkLby7vmo++Nt5X19ueGoje5jPIENJ6f+w32Ebt7uV2il4ddty7eqR3ynMFzsm/Kg2wbPoc89BGuvioPrV0C0PnuMLEPdar7T0vSOttzOUV70TpsVa" +
    "3g6oe75q+lo09jNtO9QrrzqVQKVEqswdOKnqd1faVv+kMuk/umNFmP7El+iNRzzco+n6EC3CCXcyB+w6+uRlZU5hlF5U70jmXtVYku7am/4BcL5bxu" +
    "ajx8lwH/oXxtmsrJjJebMGHChAkT9y6qvN5KuEg+scWgXYIob3iEygH779H7XVy9CJ9PYZMdYPpdEhVIihlPMKibvVmSajLEamGgrobm7bhx4rXyJd" +
    "UVaPvJyntOgPq8okW0D9rLlJsZK6q8iAt2gXZXz6T0twhasWWklJQsUPLp2zyUvvPTDQPKl8yrAmu/LGd/WI8dMzdi/HBYzsiX+0YcHAl7UW42/Pmt" +
    "qW78dk8unJrQPhEeRZc5cGb7HyfCTEa+nPme9AQcwbn/ac8W4Du42oKwtwmu4svHBhc1Y2svB86+un0tLMe5G10HWuB12QKGz95Yvw0exmN48/bVnf" +
    "AQancIvDvhN9+DC5jX2/G7PTCfkS9L2i79DG5j3tljxsTgSXz58SzmNfg17iLn6I1/gwPxDoOdXz0w2Jzhd2o5cXdsgSsTy8JRI0LxZOUkeYT2ruae" +
    "7GuRsVSPXhpLMsUjMZO8S6j3vLf1Uv3ol8aj19P7f2xiZ7Zl4kQBh65dUEc+kSafGE/WM6PfgQyJdVCPEqplR//CgmKpDyU9qm/+qp7nnkWCqqoryt" +
    "WPUso4Gskah4RCIx/0i3lIbiT4Qb+NhzQLhz/oN/AQBwl/0K/doTHLAQ7qjEcVcDyEOt3ltBxHoc51xC63T+8EJeUwCXWVo+ZJ9IQ6xVEOibtQNxOa" +
    "/EqkhfqTUBtySEd1G9kZixxqsSqBFjQAHKihXiDG7rHwLfy6bACfyEcijT75i26TWuV69no+2CCi3u0wKRhqCQhhAfW/tjEsreHFosVqd2Io2FDuVW" +
    "+Ql6RwZPGS3rte/hck/yUp",
);

/** h5py 3.7 with hdf5plugin 4.0: filters that HDF5 does not have itself. */
export const plugH5 = bytes(
  "eNrtm09II1ccx99MEk2txbjV1RZpp2rRLqIebCut4ChxyUHctPXgwUN2NRppqmmMqyy77FRdG0WsFbEirhutiIhIECtBxAak1KOn1kvBpYe6h4JHL4" +
    "v9vsyLOlmNtmz8030/+PAymV/e/N78fjPO78vYazHffCPh7QRCzWgkemIiR22fWbBMux3eb2OjwEYvG2fF8PdCaF86+z6ZzR/pV/15RQX13o+w8HEK" +
    "9eqYS7i9imapKLPSsSZcD2zcELV+znsNofGOs6W1LrRdFNp2OW83NWNs9bhvNzfaD+r1tHoSSJzqK4S31V8IovpFCvN7h42R2zpUPvVMlt4laglLJM" +
    "1I0h6y/QZiDO0XdeoRXsf89IMQDvAB3a87WBedw4B9NWzdRnZl6URdhyE8pXp4dsVYXmoevqi6ZRZwiPBdwp8W3T983e/diO5nZKOki+4nsVH+KLpf" +
    "OK9++XLWM73fCUhR5P2uX4j+O3+SOvYKh8k+zkqStX4JJ/j9ck3rl3SCX1WKdjspos71/BbFjRs3bty4ceMWE8NjmkwEpVQyEFkS8bSsAB8Igm1Jpy" +
    "do1E34LIFCIAMrsAEX8/eCQTDKfjsL/CDA5tkAm2BLnZPsgF2wR+cvx8MePhtBIqDHSgHpIIMdNxvkgjwWQxEoBiUsHjOwgEoWWzWoAbUsznrgAE4W" +
    "swd0gPss/k7QDXrYWvpAPxhg6xoCw2CErXEMjIMJtt4pMA1m2NrnwDxYYOdhESyBZXZOVsAqWFPPj0yerncJ1vI4PMbjbFypyC+wdNC8db3s0nn6a5" +
    "dAypAIE2LnJX8xhUPIezk0ER56RXTgZPFqj021n6VqaCK8ZaLwvZ5KRJTHTJZ6RGWRnwqe22qEP+CKXClEVnzBbYRWKFttLsU7OOqb9QeCG5tb2zu7" +
    "e0RvTDSlpGdI2bl5hUXFJbLZUmmtrqm11TucLk/HfaWzu8fb1z8wODQ8Mjo2PuGbmp6ZnZtf8C8uLQdWVteCpFQuQ02IOSmW+Bvrhvi+xEbzZ8L1o8" +
    "FNsuB6D4N7jqKgt9Z/c6D/spLyUHjxxKeIz2S77Nqe6c5cb6qq3oy71H//z1uPLNbokUJIj4w/0FdFBp2L5tPAQjOQF/TJYPqx+mRxTHS0x6f87vdU" +
    "dZwk0XU0z3V1fEKi62h7mdr5TtLRfsjiOho3bty4cePGjdtF2NEe5Al7Tv72sAf5G40rVRVi1RixfqUs1IPEkcz1ZHlUfOZ69E3W+lu3qhXD2VqkWH" +
    "VGB0sJt0jBLrVFCmRNbrjG3kxdYt2AWKMiDCSH3t1xKaWECpREBgrwgSDYBqGGm8o0oBDIwApswAUU4AWDYBT4wCzwgwCgryBtgE2wBbbBDtgFe/T1" +
    "JCrTACNIBCaQAtJBBpBANsgFeaAQFIFiUAJkYAYWUAnQIKr6HqgFNlAPHMAJXABnSFU8gAI6QTfoAV7QB/rBABgEQ2AYjIBRMAbGwQTwgSkwDWbALJ" +
    "gD82AB+MEiWALLIABWwCpYA8HybmHVygLXZOe73R+v2lJoV7n/8/+rnGh6WOCa9Azu79/ll0as64la9Hpil4/nxcvn4aW7NP589e60ND0s8Kuoozk0" +
    "Opr+gTX0ZqzFfPNDyXmvSGpocnrs7k+lVrtdcng8rk8KCtrb2/Md9Q2N7pY2V36Lu7Gg1e6+21Rnby2oa2n2uJvutHmaWppb8x2er5yR6zuiuxnzjt" +
    "XdjGfS0SZOeR+tOJvpY6e8j/bb++roO+V9tLYc7Xwn6WipH3AdjRs3bty4cePG7SKM/i/IuTxHi+qEB8+1gvVj1cP2mjaijktwVrgMdtl7fZ4DngOe" +
    "A54DngOeA56Dq5MD+u7h+ei2ItNtTRrd9i9FPfQRfTUslWr01WtMX6W+Y1/rvsRaYvKk+Q8nw4Cf",
);
