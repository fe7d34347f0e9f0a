import { SpectraiError } from "@spectrai/core";
import { endWithProcess } from "#gpu";
import { limitsOf } from "./adapter.ts";

/** Opens the adapter's device with all that the adapter allows. */
export async function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredFeatures: GPUFeatureName[] = adapter.features.has("timestamp-query") ? ["timestamp-query"] : [];
  try {
    const device = await adapter.requestDevice({ requiredFeatures, requiredLimits: limitsOf(adapter) });
    endWithProcess(device);
    return device;
  } catch (cause) {
    throw new SpectraiError(
      "SPECTRAI_BACKEND_UNAVAILABLE",
      `The graphics adapter gave no device: ${firstLine(cause as Error)}.`,
      { cause },
    );
  }
}

/** What went wrong on a device since it was opened. WebGPU tells of it later, in events. */
export class DeviceHealth {
  /** Why the device is gone. */
  lost: string | undefined;
  private failure: SpectraiError | undefined;
  private closing = false;

  constructor(device: GPUDevice) {
    void device.lost.then(({ message, reason }) => {
      if (!this.closing) this.lost = firstLine({ message: message || reason });
    });
    device.addEventListener("uncapturederror", (event) => {
      const { error } = event;
      event.preventDefault();
      this.failure ??= new SpectraiError(
        error instanceof GPUOutOfMemoryError ? "SPECTRAI_BACKEND_MEMORY" : "SPECTRAI_BACKEND_OP",
        error instanceof GPUOutOfMemoryError
          ? "The graphics card is out of memory; make batches, patches or tiles smaller."
          : `The graphics device refused an operation: ${firstLine(error)}.`,
      );
    });
  }

  /** The device is given up on purpose: its loss is none. */
  close(): void {
    this.closing = true;
  }

  /** @throws what the device has told of since the last time */
  check(): void {
    if (this.lost !== undefined)
      throw new SpectraiError(
        "SPECTRAI_BACKEND_LOST",
        `The graphics device was lost (${this.lost}); start again, or set backend: onednn if it happens again.`,
      );
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}

const firstLine = ({ message }: { readonly message: string }): string =>
  message.split("\n")[0]!.trim().replace(/\.$/, "");
