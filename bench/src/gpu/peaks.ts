/** A card's published rate in f32 without tensor cores, for matrix products that WebGPU can order: WGSL reaches no others. */
export interface PublishedPeak {
  /** 10¹² operations a second, two for each multiply-add. */
  readonly teraflops: number;
  readonly source: string;
}

/** Names in lower case with single spaces. Cards that come in several versions are listed where the name tells which. */
const cards: readonly (readonly [name: RegExp, teraflops: number, source: string])[] = [
  [/\bh200\b(?! nvl)/, 67, "NVIDIA H200 Tensor Core GPU datasheet, SXM"],
  [/\bh100 80gb hbm3\b/, 67, "NVIDIA H100 Tensor Core GPU datasheet, SXM"],
  [/\bh100 pcie\b/, 51, "NVIDIA H100 Tensor Core GPU datasheet, PCIe"],
  [/\ba100\b/, 19.5, "NVIDIA A100 Tensor Core GPU datasheet"],
  [/\bv100 sxm2\b/, 15.7, "NVIDIA V100 Tensor Core GPU datasheet, SXM2"],
  [/\bl40s\b/, 91.6, "NVIDIA L40S datasheet"],
  [/\bl40\b/, 90.5, "NVIDIA L40 datasheet"],
  [/\bl4\b/, 30.3, "NVIDIA L4 Tensor Core GPU datasheet"],
  [/\ba10\b/, 31.2, "NVIDIA A10 Tensor Core GPU datasheet"],
  [/\b(tesla|nvidia) t4\b/, 8.1, "NVIDIA T4 Tensor Core GPU datasheet"],
  [/\brtx 4090\b(?! (d|laptop))/, 82.6, "NVIDIA Ada GPU architecture whitepaper"],
  [/\brtx 3090\b(?! (ti|laptop))/, 35.6, "NVIDIA Ampere GA102 GPU architecture whitepaper"],
];

/**
 * @param card - its name as CUDA or Dawn gives it: `NVIDIA H100 80GB HBM3`, `nvidia-h100-80gb-hbm3`
 * @returns undefined for a card that is not listed, and for a part of one
 */
export function publishedPeak(card: string): PublishedPeak | undefined {
  const plain = card.toLowerCase().replace(/[^a-z0-9]+/g, " ");
  if (/\bmig\b/.test(plain)) return undefined;
  const found = cards.find(([name]) => name.test(plain));
  return found && { teraflops: found[1], source: found[2] };
}
