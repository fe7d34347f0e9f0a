import { z } from "zod";
import { defineComponent } from "../component.ts";

export const constantSchema = z.strictObject({});

export const constant = defineComponent({
  kind: "schedule",
  name: "constant",
  summary: "The same learning rate throughout.",
  schema: constantSchema,
  create: () => ({ start: ({ rate }) => ({ rate: () => rate }) }),
});
