import { crc32, deflateRawSync } from "node:zlib";

/** A file of an archive, and what the archive wrongly says of it. */
export interface Member {
  readonly name: string;
  readonly data?: Buffer;
  readonly stored?: boolean;
  readonly crc?: number;
  readonly size?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly attributes?: number;
  /** Bytes of another member, which are not written again. */
  readonly sameAs?: number;
}

/** An archive byte by byte (PKWARE APPNOTE 6.3), so that the tests do not trust the code they test. */
export function zip(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const starts: number[] = [];
  let at = 0;
  members.forEach((member) => {
    const source = member.sameAs === undefined ? member : members[member.sameAs]!;
    const data = source.data ?? Buffer.alloc(0);
    const packed = source.stored ? data : deflateRawSync(data);
    const name = Buffer.from(member.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(member.flags ?? 0, 2);
    common.writeUInt16LE(member.method ?? (source.stored ? 0 : 8), 4);
    common.writeUInt32LE(member.crc ?? crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(member.size ?? data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const start = member.sameAs === undefined ? at : starts[member.sameAs]!;
    starts.push(start);
    if (member.sameAs === undefined) {
      const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, name, packed]);
      parts.push(local);
      at += local.length;
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(member.attributes ?? 0, 6);
    rest.writeUInt32LE(start, 10);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002"), Buffer.from([20, 3]), common, rest, name]));
  });
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, whole, end]);
}
