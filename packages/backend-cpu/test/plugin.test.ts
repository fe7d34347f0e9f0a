import { testPlugin } from "@spectrai/testing";
import plugin from "../src/index.ts";

testPlugin(plugin);
