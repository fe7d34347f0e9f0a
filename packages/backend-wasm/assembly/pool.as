// Gradients of pooling over windows of up to three dimensions, channels last.
import { word } from "./args";
import { share } from "./vector";

const enum Arg {
  x,
  dy,
  dx,
  n,
  id,
  ih,
  iw,
  od,
  oh,
  ow,
  channels,
  wd,
  wh,
  ww,
  strideD,
  strideH,
  strideW,
  padD,
  padH,
  padW,
  mean, // 1: averages over whole windows; 0: maxima, the first of equal ones
}

/** dx is zero at first. The parts share samples, or the channels of one sample. */
export function poolGradient(args: usize, part: i32, parts: i32): void {
  const x = <usize>word(args, Arg.x),
    dy = <usize>word(args, Arg.dy),
    dx = <usize>word(args, Arg.dx);
  const n = word(args, Arg.n),
    id = word(args, Arg.id),
    ih = word(args, Arg.ih),
    iw = word(args, Arg.iw);
  const od = word(args, Arg.od),
    oh = word(args, Arg.oh),
    ow = word(args, Arg.ow),
    channels = word(args, Arg.channels);
  const wd = word(args, Arg.wd),
    wh = word(args, Arg.wh),
    ww = word(args, Arg.ww);
  const mean = word(args, Arg.mean);
  const share1 = f32x4.splat(<f32>1 / <f32>(wd * wh * ww));
  let s0 = 0,
    sEnd = n,
    c0 = 0,
    cEnd = channels;
  if (n >= parts) {
    s0 = share(n, part, parts);
    sEnd = share(n, part + 1, parts);
  } else {
    const quads = (channels + 3) >> 2;
    c0 = share(quads, part, parts) << 2;
    cEnd = min(share(quads, part + 1, parts) << 2, channels);
  }
  for (let s = s0; s < sEnd; s++)
    for (let d = 0; d < od; d++) {
      const d0 = d * word(args, Arg.strideD) - word(args, Arg.padD);
      const dFrom = max(d0, 0),
        dTo = min(d0 + wd, id);
      for (let h = 0; h < oh; h++) {
        const h0 = h * word(args, Arg.strideH) - word(args, Arg.padH);
        const hFrom = max(h0, 0),
          hTo = min(h0 + wh, ih);
        for (let w = 0; w < ow; w++) {
          const w0 = w * word(args, Arg.strideW) - word(args, Arg.padW);
          const wFrom = max(w0, 0),
            wTo = min(w0 + ww, iw);
          const from = dy + (((((s * od + d) * oh + h) * ow + w) * channels) << 2);
          for (let c = c0; c < cEnd; c += 4) {
            const width = min(cEnd - c, 4);
            let best = f32x4.splat(-Infinity),
              where = i32x4.splat(-1);
            if (!mean)
              for (let z = dFrom; z < dTo; z++)
                for (let y = hFrom; y < hTo; y++) {
                  let at = ((s * id + z) * ih + y) * iw + wFrom;
                  for (let v = wFrom; v < wTo; v++, at++) {
                    const value = v128.load(x + ((at * channels + c) << 2));
                    const higher = f32x4.gt(value, best);
                    best = v128.bitselect(value, best, higher);
                    where = v128.bitselect(i32x4.splat(at), where, higher);
                  }
                }
            let g = v128.load(from + (c << 2));
            if (mean) g = f32x4.mul(g, share1);
            for (let z = dFrom; z < dTo; z++)
              for (let y = hFrom; y < hTo; y++) {
                let at = ((s * id + z) * ih + y) * iw + wFrom;
                for (let v = wFrom; v < wTo; v++, at++) {
                  const p = dx + ((at * channels + c) << 2);
                  const add = mean ? g : v128.and(g, i32x4.eq(where, i32x4.splat(at)));
                  if (width == 4) v128.store(p, f32x4.add(v128.load(p), add));
                  else {
                    store<f32>(p, load<f32>(p) + f32x4.extract_lane(add, 0));
                    if (width > 1) store<f32>(p, load<f32>(p, 4) + f32x4.extract_lane(add, 1), 4);
                    if (width > 2) store<f32>(p, load<f32>(p, 8) + f32x4.extract_lane(add, 2), 8);
                  }
                }
              }
          }
        }
      }
    }
}
