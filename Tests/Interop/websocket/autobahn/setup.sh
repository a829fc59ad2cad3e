#!/usr/bin/env bash
# setup.sh FOLDER: puts the Autobahn test suite (wstest) there, pinned and checked, and changes nothing else.
#
# wstest runs under Python 2.7 only. PyPy 2.7 and two libraries of Debian 11 come from the mirror that apt is set up for and are unpacked,
# not installed; the packages of Python come from the index that pip is set up for. A second run with the same files does nothing.
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
target=$(cd "$1" && pwd)

stamp=$(cat "$here"/{setup.sh,launch.py,pip.txt,wheels.txt,sdists.txt} | sha256sum | cut -d' ' -f1)
if [ "$(cat "$target/stamp" 2>/dev/null)" = "$stamp" ] && "$target/wstest" -a >/dev/null 2>&1; then exit 0; fi
rm -rf "${target:?}"/{stamp,apt,debs,system,lib,boot}
mkdir -p "$target"/{apt/lists/partial,apt/cache/archives/partial,debs,system,lib,boot}
: >"$target/apt/status"
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$target/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$target/apt/lists" -o "Dir::State::status=$target/apt/status" -o "Dir::Cache=$target/apt/cache"
    -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false -o APT::Update::Error-Mode=any
    -o "APT::Sandbox::User=$(id -un)")

# The mirrors that are set up, the one of this system's own release first.
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirrors=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
    awk -v c="$codename" '$3 == "main" && $1 !~ /-/ { print ($1 == c ? 0 : 1), $2 }' | sort -u | sort -s -k1,1n |
    awk '!seen[$2]++ { print $2 }')
found=
for mirror in $mirrors; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >"$target/apt/sources.list"
    if "${apt[@]}" update >"$target/apt/update.log" 2>&1; then
        found=1
        break
    fi
done
[ -n "$found" ] || { echo "no mirror of apt has Debian 11" >&2; tail -n 5 "$target/apt/update.log" >&2 || true; exit 1; }
unpacked() {
    (cd "$target/debs" && "${apt[@]}" download "$@")
    local deb
    for deb in "$target"/debs/*.deb; do
        dpkg -x "$deb" "$target/system"
        rm "$deb"
    done
}
# Later releases have no libffi7 and no libssl1.1. The other libraries are taken from there when the system lacks them.
unpacked pypy pypy-lib libffi7 libssl1.1
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
libraries="$target/system/usr/lib/$multiarch:$target/system/lib/$multiarch"
missing() {
    LD_LIBRARY_PATH="$libraries" ldd "$target/system/usr/lib/pypy/bin/libpypy-c.so" | awk '/not found/ { print $1 }'
}
for library in $(missing); do
    case $library in
        libbz2.so.1.0) unpacked libbz2-1.0 ;;
        libexpat.so.1) unpacked libexpat1 ;;
        libtinfo.so.6) unpacked libtinfo6 ;;
        libz.so.1) unpacked zlib1g ;;
        libgcc_s.so.1) unpacked libgcc-s1 ;;
    esac
done
[ -z "$(missing)" ] || { echo "libraries are missing: $(missing)" >&2; exit 1; }

# The last pip for Python 2.
python3 -m pip download -q --no-deps --require-hashes -r "$here/pip.txt" -d "$target/boot"
packages() {
    LD_LIBRARY_PATH="$libraries" PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$(echo "$target"/boot/pip-*.whl):$target/lib" \
        "$target/system/usr/lib/pypy/bin/pypy-c" -m pip --no-python-version-warning install -q --no-deps --no-compile \
        --no-warn-script-location --require-hashes --target "$target/lib" "$@" 2>&1 |
        { grep -v 'DEPRECATION\|Target directory .* already exists' || true; }
}
# What is compiled in these wheels is for CPython; PyPy does without, so they serve on any processor.
packages --platform manylinux1_x86_64 --implementation cp --abi cp27mu --python-version 27 --only-binary :all: -r "$here/wheels.txt"
packages --no-build-isolation -r "$here/sdists.txt"

cp "$here/launch.py" "$target/launch.py"
cat >"$target/wstest" <<W
#!/bin/sh
LD_LIBRARY_PATH="$libraries" exec "$target/system/usr/lib/pypy/bin/pypy-c" -usE "$target/launch.py" "$target/lib" "\$@"
W
chmod +x "$target/wstest"
"$target/wstest" -a >/dev/null
rm -rf "${target:?}"/{apt,debs,boot}
echo "$stamp" >"$target/stamp"
