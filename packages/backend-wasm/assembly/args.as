/** Word `i` of an argument block. */
// @ts-ignore: decorator
@inline
export function word(args: usize, i: i32): i32 {
  return load<i32>(args + ((<usize>i) << 2));
}

/** Word `i` of an argument block, as the float whose bits it holds. */
// @ts-ignore: decorator
@inline
export function real(args: usize, i: i32): f32 {
  return load<f32>(args + ((<usize>i) << 2));
}
