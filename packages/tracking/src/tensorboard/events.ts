import { bytes, double, encodeMessage, type Field, type Fields, float, int, message, string } from "./wire.ts";

/**
 * Messages of an event file, by the field numbers of tensorflow/core/util/event.proto, framework/summary.proto,
 * framework/tensor.proto and framework/tensor_shape.proto.
 */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const summary = { value: 1 } as const;
const value = { tag: 1, simpleValue: 2, image: 4, tensor: 8, metadata: 9 } as const;
const imageFields = { height: 1, width: 2, colorspace: 3, encoded: 4 } as const;
const metadata = { pluginData: 1 } as const;
const pluginData = { pluginName: 1 } as const;
const tensor = { dtype: 1, shape: 2, stringValue: 8 } as const;
const shape = { dim: 2 } as const;
const dim = { size: 1 } as const;

const stringType = 7; // DT_STRING
const rgba = 4; // Image.colorspace

const makeEvent = (wallTime: number, step: number, rest: Fields): Uint8Array =>
  encodeMessage([[event.wallTime, double(wallTime)], ...(step > 0 ? [[event.step, int(step)] as const] : []), ...rest]);

/** The first record of every event file. */
export const versionEvent = (wallTime: number): Uint8Array =>
  makeEvent(wallTime, 0, [[event.fileVersion, string("brain.Event:2")]]);

/** Values of one moment. `wallTime` is in seconds since 1970. */
export const summaryEvent = (wallTime: number, step: number, values: readonly Field[]): Uint8Array =>
  makeEvent(wallTime, step, [[event.summary, message(values.map((v) => [summary.value, v] as const))]]);

export const scalarValue = (tag: string, number: number): Field =>
  message([
    [value.tag, string(tag)],
    [value.simpleValue, float(number)],
  ]);

/** A PNG of the stated size. */
export const imageValue = (tag: string, png: Uint8Array, width: number, height: number): Field =>
  message([
    [value.tag, string(tag)],
    [
      value.image,
      message([
        [imageFields.height, int(height)],
        [imageFields.width, int(width)],
        [imageFields.colorspace, int(rgba)],
        [imageFields.encoded, bytes(png)],
      ]),
    ],
  ]);

/** Markdown for the text dashboard. */
export const textValue = (tag: string, markdown: string): Field =>
  message([
    [value.tag, string(tag)],
    [value.metadata, message([[metadata.pluginData, message([[pluginData.pluginName, string("text")]])]])],
    [
      value.tensor,
      message([
        [tensor.dtype, int(stringType)],
        [tensor.shape, message([[shape.dim, message([[dim.size, int(1)]])]])],
        [tensor.stringValue, string(markdown)],
      ]),
    ],
  ]);
