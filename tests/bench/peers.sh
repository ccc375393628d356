#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# peers.sh DIR: build the peers of the camera bench whose libraries are here
# into DIR, and print the options by which the bench finds them.
set -u
dir=$1
source=$(dirname "$0")

build() { # NAME SOURCE COMPILER LIBRARY FLAGS...
	name=$1 from=$2 compiler=$3 library=$4
	shift 4
	# shellcheck disable=SC2046
	if pkg-config --exists "$library" 2>/dev/null &&
	    $compiler -O2 "$@" $(pkg-config --cflags "$library") \
	    "$source/$from" -o "$dir/peer-$name" \
	    $(pkg-config --libs "$library") -lm 2>/dev/null; then
		printf ' -p %s=%s/peer-%s' "$name" "$dir" "$name"
	else
		echo "$name ($library) is not installed" >&2
	fi
}

build zxing peer_zxing.cc "${CXX:-c++}" zxing -std=c++20
build quirc peer_quirc.c "${CC:-cc}" libquirc
