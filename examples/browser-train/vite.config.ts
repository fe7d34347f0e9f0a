import { defineConfig } from "vite";

export default defineConfig({
  // The built page works in any folder of any server.
  base: "./",
  // Workers as modules, so that theirs, too, load only what is used.
  worker: { format: "es" },
  build: { target: "es2023" },
});
