/** A card's published rate in f32 without tensor cores, for matrix products that WebGPU can order: WGSL reaches no others. */
export interface PublishedPeak {
  /** 10¹² operations a second, two for each multiply-add. */
  readonly teraflops: number;
  readonly source: string;
}

/** Names as the drivers give them. Cards that come in several versions are listed where the name tells which. */
const cards: readonly (readonly [name: RegExp, teraflops: number, source: string])[] = [
  [/\bH200\b(?! NVL)/, 67, "NVIDIA H200 Tensor Core GPU datasheet, SXM"],
  [/\bH100 80GB HBM3\b/, 67, "NVIDIA H100 Tensor Core GPU datasheet, SXM"],
  [/\bH100 PCIe\b/, 51, "NVIDIA H100 Tensor Core GPU datasheet, PCIe"],
  [/\bA100\b/, 19.5, "NVIDIA A100 Tensor Core GPU datasheet"],
  [/\bV100-SXM2\b/, 15.7, "NVIDIA V100 Tensor Core GPU datasheet, SXM2"],
  [/\bL40S\b/, 91.6, "NVIDIA L40S datasheet"],
  [/\bL40\b/, 90.5, "NVIDIA L40 datasheet"],
  [/\bL4\b/, 30.3, "NVIDIA L4 Tensor Core GPU datasheet"],
  [/\bA10\b/, 31.2, "NVIDIA A10 Tensor Core GPU datasheet"],
  [/\b(Tesla )?T4\b/, 8.1, "NVIDIA T4 Tensor Core GPU datasheet"],
  [/\bRTX 4090\b(?! (D|Laptop))/, 82.6, "NVIDIA Ada GPU architecture whitepaper"],
  [/\bRTX 3090\b(?! (Ti|Laptop))/, 35.6, "NVIDIA Ampere GA102 GPU architecture whitepaper"],
];

/** @returns undefined for a card that is not listed */
export function publishedPeak(card: string): PublishedPeak | undefined {
  const found = cards.find(([name]) => name.test(card));
  return found && { teraflops: found[1], source: found[2] };
}
