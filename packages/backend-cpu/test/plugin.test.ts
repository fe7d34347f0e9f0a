import { testPlugin } from "@spectrai/testing";
import manifest from "../package.json" with { type: "json" };
import plugin from "../src/index.ts";

testPlugin(plugin, { manifest });
