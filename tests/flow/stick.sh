#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The USB road: what waits gets onto a stick whole or not at all, the hub's
# answers come back, and nothing is lost or doubled by any stick.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/sync-lib.sh"

command -v openssl >/dev/null || skip_all "openssl is missing"
hub_make || skip_all "no certificates"
tool=$BUILDDIR/tests/tools/bundle
records 1 1200
post_make
mkdir "$work/usb" "$work/state/keys"
outbox() { chot outbox "$@" -c "$work/chot.conf"; }

# ---- out --------------------------------------------------------------------------
status "onto a stick" 0 outbox export "$work/usb"
like "it says when it may be pulled" "$(cat "$work/out")" '^Safe to remove$'
bundle=$(head -n 1 "$work/out")
ok "the file it names" test -s "$bundle"
is "nothing else is there" "$(ls "$work/usb" | wc -l)" 1
is "all of it, once" "$("$tool" check "$bundle")" "1 1200 1200"
"$tool" records "$bundle" >"$work/batches"
is "in order" "$(grep -o '"seq":[0-9]*,"at"' "$work/batches" |
    tr -dc '0-9\n' | cmp - "$(seq 1200 >"$work/seq"; echo "$work/seq")" &&
    echo same)" same
unlike "sealed" "$(cat "$work/batches")" '"n":1[,}]'
status "again" 0 outbox export "$work/usb"
is "the same stick twice is one bundle" "$(ls "$work/usb" | wc -l)" 1
is "nothing left the queue" \
    "$(outbox count --json)" '{"records":1200,"waiting":1200}'
status "as JSON" 0 outbox export --json "$work/usb"
like "counted" "$(cat "$work/out")" '"records":1200,"first":1,"last":1200'
status "no such directory" 69 outbox export "$work/none"
status "no directory at all" 64 outbox export
status "without a configuration" 64 chot outbox export "$work/usb" \
    --file "$work/state/outbox.db"

# ---- cut, changed --------------------------------------------------------------------
new_post
mkdir "$work/state/keys"
records 1 2
status "a small one" 0 outbox export "$work/usb"
small=$(head -n 1 "$work/out")
size=$(wc -c <"$small")
at=0 bad=
while [ $at -lt "$size" ]; do
	head -c $at "$small" >"$work/cut"
	"$tool" check "$work/cut" >/dev/null 2>&1 && bad="$bad $at"
	at=$((at + ${CUT_STEP:-3}))
done
is "cut at any byte it is none" "$bad" ""
ok "and there were many ($size)" test "$size" -gt 500
at=0 bad=
while [ $at -lt "$size" ]; do
	cp "$small" "$work/cut"
	printf '\377' | dd of="$work/cut" bs=1 seek=$at conv=notrunc 2>/dev/null
	cmp -s "$small" "$work/cut" ||
		! "$tool" check "$work/cut" >/dev/null 2>&1 || bad="$bad $at"
	at=$((at + ${CUT_STEP:-7}))
done
is "changed at any byte it is none" "$bad" ""
{ cat "$small"; echo; } >"$work/cut"
status "a byte too many" 65 "$tool" check "$work/cut"
status "no bundle" 65 "$tool" check "$work/chot.conf"

# ---- full, write-protected ------------------------------------------------------------------
if mount -t tmpfs -o size=16k tmpfs "$work/usb" 2>/dev/null; then
	records 3 300
	status "a stick that is full" 75 outbox export "$work/usb"
	like "is said" "$(cat "$work/err")" 'the stick is full'
	is "nothing is left on it" "$(ls "$work/usb" | wc -l)" 0
	mount -o remount,ro "$work/usb"
	status "a stick that is write-protected" 77 outbox export "$work/usb"
	umount "$work/usb"
fi
new_post
mkdir "$work/state/keys"
records 1 40

# ---- in --------------------------------------------------------------------------------------
BUNDLE_AT=$(($(date +%s) - 100)) # no answer is of a later time than another
export BUNDLE_AT
"$tool" key "$work/signer"
"$tool" key "$work/other"
outbox list --json >"$work/list"
epoch=$(sed -n '1s/.*"epoch":"\([0-9a-f]*\)".*/\1/p' "$work/list")
hash() { # SEQ
	sed -n "$1s/.*\"hash\":\"\([0-9a-f]*\)\".*/\1/p" "$work/list"
}
waiting() {
	outbox count --json | sed 's/.*"waiting":\([0-9]*\).*/\1/'
}
answer() { # SEQ [MORE]
	"$tool" answer "$work/answer" "$work/signer.key" ST-1 "$epoch" \
	    "$1" "$(hash "$1")" ${2+"$2"}
}
answer 25
status "without the hub's key nothing is believed" 69 \
    outbox import "$work/answer"
cp "$work/other.pub" "$work/state/keys/hub-sign.pub"
status "nor with another's" 65 outbox import "$work/answer"
is "all waits" "$(waiting)" 40
cp "$work/signer.pub" "$work/state/keys/hub-sign.pub"
status "an acknowledgement" 0 outbox import "$work/answer"
like "is said" "$(cat "$work/out")" 'up to 25$'
is "and counts" "$(waiting)" 15
status "the same stick twice" 0 outbox import "$work/answer"
like "is nothing new" "$(cat "$work/out")" 'nothing new'
answer 10
status "an older one" 0 outbox import "$work/answer"
is "takes nothing back" "$(waiting)" 15
"$tool" answer "$work/answer" "$work/signer.key" ST-2 "$epoch" 30 "$(hash 30)"
status "another post's" 0 outbox import "$work/answer"
like "is let be" "$(cat "$work/out")" 'nothing for this post'
"$tool" answer "$work/answer" "$work/signer.key" ST-1 00000bad 30 "$(hash 30)"
status "another card's" 0 outbox import "$work/answer"
is "is let be too" "$(waiting)" 15
"$tool" answer "$work/answer" "$work/signer.key" ST-1 "$epoch" 30 "$(hash 31)"
status "another record under that number" 65 outbox import "$work/answer"
like "is said" "$(cat "$work/err")" 'copied or restored'
"$tool" answer "$work/answer" "$work/signer.key" ST-1 "$epoch" 41 "$(hash 40)"
status "ahead of the post" 65 outbox import "$work/answer"
is "changes nothing" "$(waiting)" 15
answer 35 '{"version":1,"time":"2026-11-23T00:00:00Z","station":"ST-9","head":{"epoch":"00000001","seq":1,"hash":"'"$(hash 1)"'"},"refused":[]}'
size=$(wc -c <"$work/answer")
at=0 bad=
while [ $at -lt "$size" ]; do
	head -c $at "$work/answer" >"$work/cut"
	outbox import "$work/cut" >/dev/null 2>&1 && bad="$bad $at"
	at=$((at + ${CUT_STEP:-7}))
done
is "cut at any byte it counts for nothing" "$bad,$(waiting)" ",15"
status "one stick for many posts" 0 outbox import "$work/answer"
is "its own part counts" "$(waiting)" 5
status "what is left, onto a stick" 0 outbox export "$work/usb"
is "and only that" "$("$tool" check "$(head -n 1 "$work/out")")" "36 40 5"
BUNDLE_AT=$((BUNDLE_AT + 10))
answer 30
status "a hub that was set back since" 0 outbox import "$work/answer"
like "is told" "$(cat "$work/out")" 'set back to a backup.* up to 30:'
is "and gets its records again" "$(waiting)" 10
BUNDLE_AT=$((BUNDLE_AT - 5))
answer 38
status "what it said before that" 0 outbox import "$work/answer"
is "does not count any more" "$(waiting)" 10
BUNDLE_AT=$((BUNDLE_AT + 10))
answer 40
status "the last of them" 0 outbox import "$work/answer"
status "then nothing waits" 0 outbox export "$work/usb"
like "which is said" "$(cat "$work/out")" 'nothing waits'

# ---- refused, by the network --------------------------------------------------------------------
hub_start
status "what came by stick is sent again, and is known" 0 sync
records 41 50
script "refuse 45"
sync >/dev/null
like "a refusal is listed" "$(outbox refused)" "^ST-1/$epoch/45  .*  200  1  body"
like "as JSON" "$(outbox refused --json)" '"seq":45,.*"status":200,.*"reason":"body"'
status "it is exported" 0 outbox export "$work/usb"
is "alone" "$("$tool" check "$(head -n 1 "$work/out")")" "45 45 1"
status "to be sent again" 0 outbox refused --retry 45
like "which the list shows" "$(outbox refused)" 'to be sent again'
status "one that was not refused" 65 outbox refused --retry 46
status "it is" 0 sync
is "and is taken" "$(outbox refused)" ""
records 51 60
script "reject 55 422"
sync >/dev/null
like "one that the hub will not have" "$(outbox refused)" '/55  .*  422  1  '
is "waits, with those behind it" "$(waiting)" 6
status "all again" 0 outbox refused --retry
sync >/dev/null
like "and it says no again" "$(outbox refused)" '/55  .*  422  2  '
script
outbox refused --retry >/dev/null
status "until it says yes" 0 sync
hub_stop

# ---- the time ------------------------------------------------------------------------------------

# What the hub signed tomorrow: a clock that stands at today is behind.
BUNDLE_AT=$(($(date +%s) + 86400))
outbox list --json >"$work/list"
answer 60
status "a stick from tomorrow" 0 outbox import "$work/answer"
mkdir -p "$work/run"
cp "$work/site.pub" "$work/state/keys/"
cat >"$work/time.conf" <<-EOF2
	station { id = "ST-1"  name = "One"  language = "en" }
	policy = "$SRCDIR/contrib/policy/event-door.conf"
	state = "$work/state"
	run = "$work/run"
	lane "1" { direction = "in" }
EOF2
closed() {
	! on_screen 'Confirm the time'
}
start_tmux 100x30 "chot -c $work/time.conf"
wait_for 'READY'
keys o
wait_for 'Confirm the time: Enter'
keys Enter
ok "today is not confirmed any more" wait_for 'This time cannot be'
keys Escape
until_ok closed
keys C-q
wait_for 'Ctrl-Q once more'
keys C-q
is "the post ends" "$(tmux_status)" 0
done_testing
