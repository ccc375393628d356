# SPDX-License-Identifier: GPL-3.0-or-later
# Hostile texts on a real Linux console: what is in its cells (vcsu) is what we
# meant to draw, cell by cell. Needs a free console and root; CHOT_LONG=1 draws
# 100,000 texts, otherwise 10,000.
. "$SRCDIR/tests/flow/lib.sh"

console=$(command -v fgconsole >/dev/null && fgconsole --next-available 2>/dev/null)
[ -n "$console" ] && [ -w "/dev/tty$console" ] && [ -r "/dev/vcsu$console" ] ||
	skip_all "there is no console that could be written on and read"
texts=10000
[ -z "${CHOT_LONG:-}" ] || texts=100000

ok "$texts hostile texts leave what was meant in every cell" \
    "$BUILDDIR/tests/tools/consolecheck" "/dev/tty$console" \
    "/dev/vcsu$console" $texts
done_testing
