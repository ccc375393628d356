# SPDX-License-Identifier: GPL-3.0-or-later
# The health of the machine on the screen and in the status, from trees of
# files like the kernel's.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run" "$CHOT_MACHINE"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-MACHINE"  name = "Machine"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/none,protocol=line" } }
EOF2

machine_is() { # TREE
	rm -rf "$CHOT_MACHINE"
	cp -r "$SRCDIR/tests/machine/$1" "$CHOT_MACHINE"
	chmod -R u+w "$CHOT_MACHINE"
}

machine_is netbook
chot status -c "$post/chot.conf" >"$work/status"
like "status tells the battery" "$(cat "$work/status")" '^battery_percent +64$'
like "and the network" "$(cat "$work/status")" '^network +up wlan0$'
like "and the disk that the state lies on" "$(cat "$work/status")" \
    '^disk_free_mb +[0-9]+$'
like "and the version" "$(cat "$work/status")" '^version +[0-9]'
chot status --metrics -c "$post/chot.conf" >"$work/metrics"
for line in 'chot_battery_ratio 0\.64' 'chot_mains 0' 'chot_network_up 1' \
    'chot_post_info\{.*version="[0-9].*\} 1'; do
	like "metrics: ${line%%[ \\]*}" "$(cat "$work/metrics")" "^$line\$"
done
start_tmux 100x24 "exec chot -c $post/chot.conf"
ok "the screen tells the battery" wait_for 'battery 64%'
keys C-q
keys C-q

machine_is pi
mkdir -p "$CHOT_MACHINE/var/lib/dpkg/info"
touch -d 2021-10-14T17:00Z "$CHOT_MACHINE/var/lib/dpkg/info/chot.list"
chot status -c "$post/chot.conf" >"$work/status"
like "status has an alarm with what to do" "$(cat "$work/status")" \
    '^alarm power +Power supply too weak\. Use the machine.s own adapter'
like "and how bad it is" "$(cat "$work/status")" '^machine +attention$'
unlike "without a hub nobody misses the network" "$(cat "$work/status")" \
    '^alarm network'
chot status --json -c "$post/chot.conf" >"$work/json"
like "numbers are numbers in JSON" "$(cat "$work/json")" '"board_mc":84123[,}]'
for line in 'disk_total_mb +[0-9]+' 'card_worn_percent +90' 'board_mc +84123' \
    'power_weak +1' 'network +no-cable eth0' \
    "version +[0-9]" 'updated_at +1634230800' \
    'alarm heat +Machine too hot: 84 C\. Put it in the shade' \
    'alarm card +Memory card worn out\. Ask for a new card'; do
	like "status: ${line%% +*}" "$(cat "$work/status")" "^$line"
done
chot status --metrics -c "$post/chot.conf" >"$work/metrics"
for line in 'chot_disk_free_bytes [0-9]+' 'chot_card_worn_ratio 0\.9' \
    'chot_board_celsius 84\.123' 'chot_power_weak 1' 'chot_network_up 0' \
    'chot_network\{chot_network="up"\} 0' \
    'chot_network\{chot_network="no-cable"\} 1' \
    'chot_updated_timestamp_seconds 1634230800' \
    'chot_alarm\{alarm="card"\} 1'; do
	like "metrics: ${line%% *}" "$(cat "$work/metrics")" "^$line\$"
done
sed 's/^station/hub { url = "https:\/\/hub.example"  certificate = "c"  key = "k"  ca = "a"  seal = "s" }\n&/' \
    "$post/chot.conf" >"$post/hub.conf"
chot status -c "$post/hub.conf" >"$work/status"
like "with a hub the network is missed, with what to do" "$(cat "$work/status")" \
    '^alarm network +Network cable out\. Push the cable in at both ends'
start_tmux 160x24 "exec chot -c $post/chot.conf"
ok "the screen tells what to call about" wait_for 'Memory card worn out'
keys C-q
keys C-q

# The page of the machine, on the smallest screen, and where most is to tell.
mkdir -p "$CHOT_MACHINE/sys/class/power_supply" \
    "$CHOT_MACHINE/sys/class/backlight/panel"
cp -r "$SRCDIR"/tests/machine/netbook/sys/class/power_supply/* \
    "$CHOT_MACHINE/sys/class/power_supply"
chmod -R u+w "$CHOT_MACHINE"
echo 10 >"$CHOT_MACHINE/sys/class/power_supply/BAT0/capacity"
echo 0 >"$CHOT_MACHINE/sys/class/power_supply/AC/online"
echo 100 >"$CHOT_MACHINE/sys/class/backlight/panel/brightness"
echo 200 >"$CHOT_MACHINE/sys/class/backlight/panel/max_brightness"
sed -i 's/language = "en" }/language = "en" volume = "true {}"  power_off = "true" }/' \
    "$post/chot.conf"
start_tmux 80x24 "exec chot -c $post/chot.conf"
ok "a post" wait_for 'READY'
keys P
ok "has a page of the machine" wait_for '4 +Machine'
ok "status: clock" until_ok sh -c "chot status -c '$post/chot.conf' |
    grep -q '^clock  *unconfirmed'"
like "metrics: clock" "$(chot status --metrics -c "$post/chot.conf")" \
    '^chot_clock_trusted 0$'
keys 4
ok "with what is worst" wait_for '! '
for line in 'Time +[0-9:]+ .*not confirmed' 'Disk +.* free' \
    'Memory card +up to 90% worn' 'Battery +10%, no mains' \
    "Machine.s heat +84 C" 'Network +cable out eth0' \
    'Version +[0-9].*, installed 15/10/2021' '  (Plug in|Use|Put|Ask) '; do
	ok "the page: ${line%% +*}" wait_for "$line"
done
for choice in Brighter Darker Louder Quieter Network; do
	ok "and can be picked: $choice" on_screen "[1-9] +$choice"
done
keys Escape
keys C-q
keys C-q

machine_is garbage
status "a machine that tells nonsense is no reason to fail" 0 \
    chot status -c "$post/chot.conf"
unlike "and is not believed" "$(cat "$work/out")" 'battery_percent|board_mc'

printf 'x\n' | chot machine / "$CHOT_MACHINE" >"$work/lines"
like "the child says a line and ends with its input" "$(cat "$work/lines")" \
    '^machine disk_total_mb=[0-9]+ '
done_testing
