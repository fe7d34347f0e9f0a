/** Functions of single values, by the numbers of native/src/elementwise.h. */
export const unaryNames = [
  "Relu",
  "Relu6",
  "LeakyRelu",
  "Elu",
  "Selu",
  "Sigmoid",
  "Tanh",
  "Exp",
  "Expm1",
  "Log",
  "Log1p",
  "Sqrt",
  "Rsqrt",
  "Square",
  "Abs",
  "Neg",
  "Sign",
  "Step",
  "Softplus",
  "Erf",
  "Sin",
  "Cos",
  "Reciprocal",
  "ClipByValue",
  "Round",
  "Floor",
  "Ceil",
  "Tan",
  "Asin",
  "Acos",
  "Atan",
  "Sinh",
  "Cosh",
  "Asinh",
  "Acosh",
  "Atanh",
  "IsNan",
  "IsFinite",
  "IsInf",
] as const;

/** Functions of pairs, by the numbers of native/src/elementwise.h. */
export const binaryNames = [
  "Add",
  "Sub",
  "Multiply",
  "RealDiv",
  "Maximum",
  "Minimum",
  "SquaredDifference",
  "Pow",
  "Mod",
  "Atan2",
  "Prelu",
  "EluGrad",
  "FloorDiv",
  "Equal",
  "NotEqual",
  "Greater",
  "GreaterEqual",
  "Less",
  "LessEqual",
  "LogicalAnd",
  "LogicalOr",
] as const;

/** The addon's functions of native/src/elementwise.cc, documented there. */
export interface NativeElementwise {
  unary(operation: number, x: number, y: number, p: number, q: number): void;
  logicalNot(x: number, y: number): void;
  binary(operation: number, shapes: Int32Array, a: number, b: number, y: number): void;
  select(rows: number, inner: number, condition: number, a: number, b: number, y: number): void;
  addN(terms: Int32Array, y: number): void;
}
