/**
 * Dense linear algebra in float64 for small problems.
 *
 * @packageDocumentation
 */
export { choleskySolve } from "./cholesky.ts";
export { type SymmetricEigen, symmetricEigen } from "./eigen.ts";
export { columnMeans, type Matrix, matrix, pickRows, row, scaleRows, subtractRow, transpose } from "./matrix.ts";
export { innerGram, multiply, multiplyTransposed, outerGram, transposedMultiply } from "./multiply.ts";
export { nonNegativeLeastSquares } from "./nnls.ts";
export { type PrincipalComponents, principalComponents } from "./principal-components.ts";
