/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine is read as it is, from trees of files like the kernel's, and
 * what it does not tell is unknown; each alarm has its limits.
 */
#include "base.h"
#include "machine.h"

#include "test.h"

#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

static void
read_tree(const char *name, struct machine *health)
{
	char root[4096], path[64];

	snprintf(path, sizeof(path), "tests/machine/%s", name);
	snprintf(root, sizeof(root), "%s", test_path("SRCDIR", path));
	machine_read(root, "/nowhere/at/all", health);
}

static void
test_netbook(void **state)
{
	struct machine h;

	(void)state;
	read_tree("netbook", &h);
	assert_int_equal(h.battery_percent, 64); /* and not the mouse's 99 */
	assert_int_equal(h.mains, 0);
	assert_int_equal(h.board_mc, 61500); /* 255 degrees is no reading */
	assert_int_equal(h.memory_total_mb, 996);
	assert_int_equal(h.memory_free_mb, 500);
	assert_int_equal(h.swap_disk_mb, 0); /* zram is memory */
	assert_int_equal(h.uptime_s, 93784);
	assert_int_equal(h.network, NETWORK_UP);
	assert_string_equal(h.link, "wlan0");
	assert_int_equal(h.card_worn_percent, -1);
	assert_int_equal(h.power_weak, -1);
	assert_int_equal(h.disk_free_mb, -1);
}

static void
test_board(void **state)
{
	struct machine h;

	(void)state;
	read_tree("pi", &h);
	assert_int_equal(h.card_worn_percent, 90); /* not the boot area's */
	assert_int_equal(h.card_spare, 2);
	assert_int_equal(h.board_mc, 84123);
	assert_int_equal(h.power_weak, 1);
	assert_int_equal(h.swap_disk_mb, 99);
	assert_int_equal(h.battery_percent, -1);
	assert_int_equal(h.mains, -1);
	assert_int_equal(h.network, NETWORK_CABLE);
	assert_string_equal(h.link, "eth0");
}

/* Nothing of a broken driver's answers is taken for a number. */
static void
test_garbage_is_unknown(void **state)
{
	struct machine h, none;
	char seen[MACHINE_LINE_MAX], nothing[MACHINE_LINE_MAX];

	(void)state;
	read_tree("garbage", &h);
	read_tree("there-is-no-such-tree", &none);
	assert_int_equal(h.swap_disk_mb, 0); /* an empty table: no swap */
	h.swap_disk_mb = -1;
	machine_print(&h, seen);
	machine_print(&none, nothing);
	assert_string_equal(seen, nothing);
	assert_int_equal(none.network, NETWORK_NONE);
	assert_int_equal(none.uptime_s, -1);
}

static void
test_disk_of_the_state(void **state)
{
	struct machine h;

	(void)state;
	machine_read("/nowhere", "/", &h);
	assert_true(h.disk_total_mb > 0);
	assert_true(h.disk_free_mb >= 0 && h.disk_free_mb <= h.disk_total_mb);
	assert_in_range(h.disk_read_only, 0, 1);
}

/* ---- the network --------------------------------------------------------------- */

static char root[] = "/tmp/chot-machine.XXXXXX";

static void
put(const char *path, const char *text)
{
	char full[300];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(file_write(full, text, strlen(text), 0600, false,
	    NULL), 0);
}

static void
make(const char *path)
{
	char full[300];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(dir_make(full, 0700, NULL), 0);
}

static int
make_root(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	make("sys/class/net/eth0/device");
	make("proc/net");
	put("sys/class/net/eth0/device/uevent", "DRIVER=x\n");
	put("sys/class/net/eth0/type", "1\n");
	return 0;
}

static int
drop_root(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

static void
test_network_says_why(void **state)
{
	static const struct {
		const char *flags, *carrier, *route, *route6;
		enum machine_network want;
	} cases[] = {
		{ "0x1002", "", "", "", NETWORK_OFF },
		{ "0x1003", "0", "", "", NETWORK_CABLE },
		{ "0x1003", "1", "", "", NETWORK_ADDRESS },
		{ "0x1003", "1", "eth0 0000FEA9 00000000 0001 0 0 0\n", "",
		    NETWORK_ADDRESS },
		{ "0x1003", "1", "eth0 0001A8C0 00000000 0001 0 0 0\n", "",
		    NETWORK_LOCAL },
		{ "0x1003", "1", "eth1 00000000 0101A8C0 0003 0 0 0\n", "",
		    NETWORK_ADDRESS },
		{ "0x1003", "1", "eth0 0001A8C0 00000000 0001 0 0 0\n"
		    "eth0 00000000 0101A8C0 0003 0 0 0\n", "", NETWORK_UP },
		{ "0x1003", "1", "eth0 00000000 0101A8C0 0002 0 0 0\n", "",
		    NETWORK_ADDRESS }, /* a default route that is down */
		{ "0x1003", "1", "", "00000000000000000000000000000000 00 "
		    "00000000000000000000000000000000 00 "
		    "fe800000000000000000000000000001 00000400 00000001 "
		    "00000000 00000003     eth0\n", NETWORK_UP },
	};
	struct machine h;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		put("sys/class/net/eth0/flags", cases[i].flags);
		put("sys/class/net/eth0/carrier", cases[i].carrier);
		put("proc/net/route", cases[i].route);
		put("proc/net/ipv6_route", cases[i].route6);
		machine_read(root, "/", &h);
		assert_int_equal(h.nlinks, 1);
		assert_string_equal(h.links[0].name, "eth0");
		assert_int_equal(h.links[0].state, cases[i].want);
		if (h.network != (int64_t)cases[i].want)
			fail_msg("case %zu: %s", i,
			    machine_network_word(h.network));
	}
}

/* ---- lines ------------------------------------------------------------------------ */

static void
test_line_there_and_back(void **state)
{
	static const char *const trees[] = { "netbook", "pi", "garbage" };
	char line[MACHINE_LINE_MAX];
	struct machine h, back;

	(void)state;
	for (size_t i = 0; i < nitems(trees); i++) {
		read_tree(trees[i], &h);
		machine_print(&h, line);
		memset(&back, 7, sizeof(back));
		assert_int_equal(machine_parse(line, &back), 0);
		assert_string_equal(back.link, h.link);
		machine_print(&back, line);
		assert_int_equal(back.uptime_s, h.uptime_s);
		assert_int_equal(back.network, h.network);
		assert_int_equal(back.nlinks, h.nlinks);
		for (size_t k = 0; k < h.nlinks; k++) {
			assert_string_equal(back.links[k].name,
			    h.links[k].name);
			assert_int_equal(back.links[k].state,
			    h.links[k].state);
		}
	}
}

static void
test_bad_line_changes_nothing(void **state)
{
	static const char *const lines[] = { "", "ok", "machine x", "machiney",
		"machine mains=", "machine mains=yes", "machine mains=-1",
		"machine mains=99999999999999999999",
		"machine link=aLongNameThatIsNoInterface",
		"machine links=eth0", "machine links=:up",
		"machine links=eth0:up,aLongNameThatIsNoInterface:up", };
	struct machine h;

	(void)state;
	machine_init(&h);
	h.mains = 1;
	for (size_t i = 0; i < nitems(lines); i++)
		assert_int_equal(machine_parse(lines[i], &h), -1);
	assert_int_equal(h.mains, 1);
	assert_int_equal(machine_parse("machine later=5 mains=0", &h), 0);
	assert_int_equal(h.mains, 0);
}

/* ---- alarms ------------------------------------------------------------------------- */

#define AT(field) offsetof(struct machine, field)

static void
test_limits(void **state)
{
	static const struct {
		size_t at;
		int64_t value;
		enum machine_level want;
		const char *name;
	} cases[] = {
		{ AT(disk_free_mb), 500, MACHINE_WELL, "" },
		{ AT(disk_free_mb), 499, MACHINE_ATTENTION, "disk" },
		{ AT(disk_free_mb), 63, MACHINE_FAILING, "disk" },
		{ AT(disk_free_mb), 0, MACHINE_FAILING, "disk" },
		{ AT(disk_read_only), 1, MACHINE_FAILING, "disk" },
		{ AT(card_worn_percent), 70, MACHINE_WELL, "" },
		{ AT(card_worn_percent), 80, MACHINE_ATTENTION, "card" },
		{ AT(card_worn_percent), 110, MACHINE_FAILING, "card" },
		{ AT(card_spare), 1, MACHINE_WELL, "" },
		{ AT(card_spare), 2, MACHINE_ATTENTION, "card" },
		{ AT(card_spare), 3, MACHINE_FAILING, "card" },
		{ AT(board_mc), 79999, MACHINE_WELL, "" },
		{ AT(board_mc), 80000, MACHINE_ATTENTION, "heat" },
		{ AT(board_mc), 90000, MACHINE_FAILING, "heat" },
		{ AT(power_weak), 1, MACHINE_ATTENTION, "power" },
		{ AT(battery_percent), 31, MACHINE_WELL, "" },
		{ AT(battery_percent), 30, MACHINE_ATTENTION, "battery" },
		{ AT(battery_percent), 10, MACHINE_FAILING, "battery" },
		{ AT(memory_free_mb), 24, MACHINE_WELL, "" },
		{ AT(memory_free_mb), 23, MACHINE_ATTENTION, "memory" },
		{ AT(memory_free_mb), 7, MACHINE_FAILING, "memory" },
		{ AT(swap_disk_mb), 0, MACHINE_WELL, "" },
		{ AT(swap_disk_mb), 1, MACHINE_ATTENTION, "swap" },
		{ AT(network), NETWORK_UP, MACHINE_WELL, "" },
		{ AT(network), NETWORK_LOCAL, MACHINE_WELL, "" },
		{ AT(network), NETWORK_ADDRESS, MACHINE_ATTENTION, "network" },
		{ AT(network), NETWORK_NONE, MACHINE_ATTENTION, "network" },
		{ AT(network), 77, MACHINE_WELL, "" }, /* a later program's */
	};
	struct machine_alarm alarms[MACHINE_ALARMS_MAX];
	struct machine h;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		size_t n;

		machine_init(&h);
		*(int64_t *)((char *)&h + cases[i].at) = cases[i].value;
		n = machine_alarms(&h, true, alarms);
		if (n != (cases[i].want != MACHINE_WELL) || (n == 1 &&
		    (alarms[0].level != cases[i].want ||
		    strcmp(alarms[0].name, cases[i].name) != 0)))
			fail_msg("case %zu: %zu alarms", i, n);
		if (n == 1)
			assert_true(alarms[0].text[0] != '\0' &&
			    alarms[0].advice[0] != '\0');
	}
}

static void
test_worst_first_and_mains_quiets(void **state)
{
	struct machine_alarm alarms[MACHINE_ALARMS_MAX];
	struct machine h;

	(void)state;
	read_tree("pi", &h);
	h.memory_free_mb = 3;
	assert_int_equal(machine_alarms(&h, true, alarms), 6);
	assert_string_equal(alarms[0].name, "memory");
	assert_int_equal(machine_alarms(&h, false, alarms), 5);
	machine_init(&h);
	h.battery_percent = 5;
	h.mains = 1;
	assert_int_equal(machine_alarms(&h, true, alarms), 0);
}

static void
test_rows(void **state)
{
	struct machine_row rows[MACHINE_ROWS_MAX];
	struct machine h;
	size_t n;

	(void)state;
	read_tree("pi", &h);
	h.updated_at = 1634230800; /* 2021-10-14T17:00Z */
	n = machine_rows(&h, true, 7 * 3600, rows);
	assert_int_equal(n, 8);
	assert_string_equal(rows[0].label, "Memory card");
	assert_string_equal(rows[0].value, "up to 90% worn");
	assert_int_equal(rows[0].level, MACHINE_ATTENTION);
	assert_string_equal(rows[1].value, "84 C");
	assert_string_equal(rows[2].value, "cable out eth0");
	assert_string_equal(rows[3].value,
	    PACKAGE_VERSION ", installed 15/10/2021");
	assert_int_equal(rows[3].level, MACHINE_WELL);
	assert_string_equal(rows[4].name, "power");
	machine_init(&h);
	assert_int_equal(machine_rows(&h, true, 0, rows), 1); /* the version */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_netbook),
		cmocka_unit_test(test_board),
		cmocka_unit_test(test_garbage_is_unknown),
		cmocka_unit_test(test_disk_of_the_state),
		cmocka_unit_test_setup_teardown(test_network_says_why,
		    make_root, drop_root),
		cmocka_unit_test(test_line_there_and_back),
		cmocka_unit_test(test_bad_line_changes_nothing),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_worst_first_and_mains_quiets),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
