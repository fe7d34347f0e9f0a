// Small helpers on four floats. Compiled with AssemblyScript; see ../scripts/build-kernels.mjs.

/** a · b + c, rounded twice: the fused instruction of relaxed SIMD was no faster where it was tried, and not every engine has it. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function splat(p: usize, offset: usize = 0): v128 {
  return v128.load_splat<f32>(p + offset);
}

/** First of the items that part `part` of `parts` does. */
// @ts-ignore: decorator
@inline
export function share(items: i32, part: i32, parts: i32): i32 {
  return <i32>((<i64>items * <i64>part) / <i64>parts);
}
