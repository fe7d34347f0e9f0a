import { z } from "zod";

export const orderOption = (byDefault: number) =>
  z.int().min(0).max(20).default(byDefault).meta({ description: "Order of the polynomial.", group: "polynomial" });
