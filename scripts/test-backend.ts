/** For vitest, where test files share a process: each finds `cpu` as tfjs's backend, whatever the one before it computed on. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll } from "vitest";

beforeAll(() => tf.setBackend("cpu"));
