import { defineConfig } from "vite";

export default defineConfig({
  // The built page works in any folder of any server.
  base: "./",
  // Workers as modules, so that theirs, too, load only what is used.
  worker: { format: "es" },
  build: { target: "es2023" },
  // What workers import is found before the page is served, not when it is in use.
  optimizeDeps: { entries: ["index.html", "src/worker.ts"] },
});
