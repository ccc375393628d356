#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The machine of a post, as far as it goes without booting one: set-up in a
# scratch root and back, the session, the keymap, the units and rules.
. "$SRCDIR/tests/flow/lib.sh"

kiosk=$SRCDIR/contrib/kiosk
CHOT_KIOSK_SHARE=$kiosk
export CHOT_KIOSK_SHARE
root=$work/root

# ---- the session -----------------------------------------------------------------

mkdir -p "$work/sys/class/vtconsole/vtcon1"
echo "(M) frame buffer device" >"$work/sys/class/vtconsole/vtcon1/name"
echo 1 >"$work/sys/class/vtconsole/vtcon1/bind"
printf '#!/bin/sh\necho "chot $* $LC_ALL $TERM $(umask)"\n' >"$work/chot"
chmod +x "$work/chot"
session() { # TTY
	CHOT_TTY=$1 CHOT_SYS=$work/sys CHOT=$work/chot CHOT_PAUSE=0 \
	    "$kiosk/kiosk-session" 2>&1 | tr -d '\033'
}
is "tty1 is the station" "$(session /dev/tty1)" \
    "[9;0][14;0]chot station C.UTF-8 linux 0077"
is "tty2 is the display" "$(session /dev/tty2)" \
    "[9;0][14;0]chot display C.UTF-8 linux 0077"
like "anything else is refused" "$(session /dev/pts/0)" "is the post on tty1"
echo 0 >"$work/sys/class/vtconsole/vtcon1/bind"
like "no framebuffer is said" "$(session /dev/tty1)" "No framebuffer console"
like "and the station starts all the same" "$(session /dev/tty1)" "chot station"

# ---- the keymap --------------------------------------------------------------------

cat >"$work/keymap" <<-EOF2
	keymaps 0-2,4-6,8-9,12
	keycode  30 = a
	keycode  59 = F1
	alt     keycode  59 = Console_1
	alt     keycode  68 = Console_10
	control alt     keycode  59 = Console_1
	keycode  70 = Scroll_Lock Show_Memory Show_Registers
	alt     keycode 103 = KeyboardSignal
	alt     keycode 105 = Decr_Console
	alt     keycode 106 = Incr_Console
	control alt keycode 111 = Boot
	keycode  99 = VoidSymbol Last_Console SAK
EOF2
"$kiosk/kiosk-keymap" "$work/keymap" >"$work/closed"
unlike "no key leads out" "$(cat "$work/closed")" \
    'Console|Boot|SAK|Signal|Scroll|Show_'
is "the others are as they were" "$(grep -c ' = a$\| = F1$' "$work/closed")" 2
if command -v loadkeys >/dev/null; then
	ok "and loadkeys takes it" loadkeys -q --parse "$work/closed"
fi

# ---- set-up ------------------------------------------------------------------------

if [ "$(id -u)" -eq 0 ] && command -v usermod >/dev/null; then
	mkdir -p "$root/etc/default"
	echo 'root:x:0:0::/root:/bin/sh
chot:x:990:990::/var/lib/chot:/usr/sbin/nologin' >"$root/etc/passwd"
	echo 'root:*:19000::::::
chot:!:19000::::::' >"$root/etc/shadow"
	echo 'root:x:0:
chot:x:990:' >"$root/etc/group"
	printf 'CODESET="guess"\n' >"$root/etc/default/console-setup"
	printf '%s\n' '# disks' 'UUID=1 / ext4 defaults,noatime 0 1' >"$root/etc/fstab"
	setup() { "$kiosk/chot-kiosk-setup" --root "$root" "$@"; }
	before=$(cd "$root" && find etc -type f ! -name '*-' -exec cksum {} + | sort -k3)

	status "an open machine is told" 1 setup check
	like "with what is open" "$(cat "$work/out")" "the shell of chot is not"
	status "read-only needs a disk for the records" 78 setup on --read-only
	mkdir -p "$root/var/log" "$root/tmp"
	echo 'UUID=2 /var/lib/chot ext4 defaults 0 2' >>"$root/etc/fstab"
	before=$(cd "$root" && find etc -type f ! -name '*-' -exec cksum {} + | sort -k3)
	status "on" 0 setup on --second --read-only
	status "nothing is open then" 0 setup check --second
	like "that nobody could set the time is told" "$(cat "$work/out")" \
	    'note: no list of officers'
	ok "chot may choose a network, and no more" grep -q \
	    'NetworkManager.network-control' \
	    "$root/etc/polkit-1/rules.d/50-chot-kiosk.rules"
	like "the shell of chot is the session" "$(cat "$root/etc/passwd")" \
	    '^chot:.*:/usr/libexec/chot/kiosk-session$'
	is "Ctrl-Alt-Del is masked" \
	    "$(readlink "$root/etc/systemd/system/ctrl-alt-del.target")" /dev/null
	like "root is read-only" "$(cat "$root/etc/fstab")" '^UUID=1 / ext4 ro,noatime 0 1$'
	like "the records are not" "$(cat "$root/etc/fstab")" \
	    '^UUID=2 /var/lib/chot ext4 defaults 0 2$'
	like "the log is in memory" "$(cat "$root/etc/fstab")" '^tmpfs /var/log tmpfs nofail,.*mode=755'
	unlike "but nothing that is not there: the boot would end" \
	    "$(cat "$root/etc/fstab")" '/var/lib/dhcp'
	status "on twice" 0 setup on --second --read-only
	echo >>"$root/etc/sysctl.d/60-chot-kiosk.conf"
	status "a changed file is told" 1 setup check
	status "off" 0 setup off
	is "all is as it was" "$(cd "$root" && find etc -type f ! -name '*-' \
	    -exec cksum {} + | sort -k3)" "$before"
	is "no link is left" "$(find "$root/etc" -type l)" ""
fi
status "words are checked" 64 "$kiosk/chot-kiosk-setup" open

# ---- the queue's unit --------------------------------------------------------------------

# Its condition, with the configuration in $work/chot.conf.
queue_has_a_way() {
	sh -c "$(sed -n "s/^ExecCondition=.bin.sh -c '\(.*\)'$/\1/p" \
	    "$SRCDIR/contrib/systemd/chot-sync.service" | sed \
	    "s|\\$\\$|\$|g; s|/usr/bin/chot config print|chot config print -c $work/chot.conf|")"
}
cat >"$work/chot.conf" <<-EOF2
	station { id = "ST-1"  name = "x" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	lane "1" { direction = "in" }
EOF2
fails "it does nothing at a post without a hub" queue_has_a_way
echo 'hub { url = "https://hub.example" certificate = "c" key = "k" ca = "a" seal = "s" }' \
    >>"$work/chot.conf"
ok "but where there is one" queue_has_a_way
echo 'nonsense' >>"$work/chot.conf"
ok "nor hides a broken configuration" queue_has_a_way 2>"$work/err"

# ---- what others read ------------------------------------------------------------------

if command -v systemd-analyze >/dev/null; then
	for unit in $(find "$SRCDIR/contrib" -name '*.service' | sort); do
		exposure=$(systemd-analyze security --offline=true --no-pager \
		    "$unit" 2>/dev/null | sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
		ok "$(basename "$unit") is exposed by $exposure, under 2.0" \
		    awk "BEGIN { exit !(\"$exposure\" != \"\" && $exposure + 0 < 2.0) }"
	done
fi
is "each rule's jump has its label" \
    "$(sed -n 's/.*GOTO="\([^"]*\)".*/\1/p' "$SRCDIR/contrib/udev/61-chot.rules" | sort -u)" \
    "$(sed -n 's/.*LABEL="\([^"]*\)".*/\1/p' "$SRCDIR/contrib/udev/61-chot.rules" | sort -u)"
if command -v shellcheck >/dev/null; then
	ok "shellcheck finds nothing" shellcheck -s sh "$kiosk/chot-kiosk-setup" \
	    "$kiosk/kiosk-session" "$kiosk/kiosk-keymap" "$kiosk/try-in-qemu"
fi
for script in chot-kiosk-setup kiosk-session kiosk-keymap try-in-qemu; do
	ok "$script is a script" sh -n "$kiosk/$script"
done
done_testing
