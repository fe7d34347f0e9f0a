#!/bin/sh
# Times training steps of four networks on this machine's graphics card, beside PyTorch where python3 has it.
# Needs no network. Options: ./run.sh --help. The figures are also written to result.json here.
# Exit status: 0 measured, 1 failed, 2 options not understood, 3 something is missing; a sentence says what.

here=$(cd "$(dirname "$0")" && pwd)

say() {
  echo "$1" >&2
}

missing() {
  say "$1"
  exit 3
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || missing "This folder is for Linux on x86-64; this machine is $(uname -s) on $(uname -m)."

# Node.js: the folder's own, or one of at least 20.
if [ -x "$here/node" ]; then
  node=$here/node
else
  node=$(command -v node) || missing "Node.js is missing: install version 20 or newer, or make the folder with --node."
fi
version=$("$node" --version 2>&1) || missing "Node.js does not start here: $version"
major=${version#v}
major=${major%%.*}
[ "$major" -ge 20 ] || missing "Node.js is $version, and 20 or newer is needed; make the folder with --node."

# The Vulkan loader: the system's, or else the one that came along.
if ! (ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null) | grep -q 'libvulkan\.so\.1'; then
  if [ -e "$here/lib/libvulkan.so.1" ]; then
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib
    export LD_LIBRARY_PATH
  else
    say "The Vulkan loader libvulkan.so.1 is missing, which WebGPU needs: install it (Debian, Ubuntu: libvulkan1)."
  fi
fi

# The graphics card's Vulkan driver: what the loader finds itself, or else NVIDIA's in places where containers have it.
case " $* " in *" --software "*) software=1 ;; *) software= ;; esac
if [ -z "$VK_DRIVER_FILES$VK_ICD_FILENAMES$VK_ADD_DRIVER_FILES$software" ]; then
  listed=
  for file in /usr/share/vulkan/icd.d/*.json /usr/local/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json; do
    [ -e "$file" ] && listed=$file
  done
  if [ -z "$listed" ]; then
    for file in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json /usr/local/nvidia/vulkan/icd.d/nvidia_icd.json; do
      if [ -e "$file" ]; then
        VK_DRIVER_FILES=$file
        VK_ICD_FILENAMES=$file
        export VK_DRIVER_FILES VK_ICD_FILENAMES
        listed=$file
        break
      fi
    done
  fi
  if [ -z "$listed" ]; then
    if command -v nvidia-smi >/dev/null 2>&1; then
      say "The NVIDIA driver is here without its Vulkan part, which WebGPU needs: start the container with NVIDIA_DRIVER_CAPABILITIES=all, or install the driver's graphics libraries (libnvidia-gl)."
    else
      say "There is no Vulkan driver, which WebGPU needs: install that of the graphics card."
    fi
  fi
fi

# PyTorch is optional.
command -v python3 >/dev/null 2>&1 || say "python3 is missing, so PyTorch is not measured."

exec "$node" "$here/gpu-bench.mjs" --output "$here/result.json" "$@"
