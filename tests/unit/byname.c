/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two equal adapters without a serial number are told apart, and whatever has
 * an id of its own keeps its name in another socket. */
#include "test.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/reader/parts.h"

static char root[PATH_MAX];

static char *
below(const char *name)
{
	static char paths[4][PATH_MAX + 64];
	static int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", root, name);
	return path;
}

static void
plug(const char *device, const char *id, const char *path)
{
	char name[200], *real = below(device);
	FILE *file = fopen(real, "w");

	assert_non_null(file);
	fclose(file);
	snprintf(name, sizeof(name), "by-id/%s", id);
	if (id[0] != '\0') {
		unlink(below(name)); /* as udev does: the last one wins */
		assert_int_equal(symlink(real, below(name)), 0);
	}
	snprintf(name, sizeof(name), "by-path/%s", path);
	if (path[0] != '\0')
		assert_int_equal(symlink(real, below(name)), 0);
}

static int
make_root(void **state)
{
	char made[] = "/tmp/byname-test.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(made));
	assert_non_null(realpath(made, root));
	assert_int_equal(mkdir(below("by-id"), 0700), 0);
	assert_int_equal(mkdir(below("by-path"), 0700), 0);
	plug("ttyUSB0", "usb-1a86_USB_Serial-if00-port0", "pci-usb-0:1.1");
	plug("ttyUSB1", "usb-1a86_USB_Serial-if00-port0", "pci-usb-0:1.2");
	plug("ttyACM0", "usb-Honeywell_N86_X1-if00", "pci-usb-0:1.3");
	plug("ttyACM1", "", "pci-usb-0:1.4");
	plug("ttyS0", "", "");
	return 0;
}

static int
remove_root(void **state)
{
	static const char *const names[] = { "by-id/usb-1a86_USB_Serial-if00-port0",
		"by-id/usb-Honeywell_N86_X1-if00", "by-path/pci-usb-0:1.1",
		"by-path/pci-usb-0:1.2", "by-path/pci-usb-0:1.3",
		"by-path/pci-usb-0:1.4", "ttyUSB0", "ttyUSB1", "ttyACM0",
		"ttyACM1", "ttyS0" };

	(void)state;
	for (size_t i = 0; i < nitems(names); i++)
		unlink(below(names[i]));
	rmdir(below("by-id"));
	rmdir(below("by-path"));
	return rmdir(root);
}

static void
test_names(void **state)
{
	static const struct {
		const char *device, *id, *name;
		bool twin;
	} cases[] = {
		{ "ttyUSB0", "1a86:7523 ", "by-path/pci-usb-0:1.1", true },
		{ "ttyUSB1", "1a86:7523 ", "by-path/pci-usb-0:1.2", true },
		{ "ttyACM0", "0c2e:0b6a X1", "by-id/usb-Honeywell_N86_X1-if00", false },
		{ "ttyACM1", "1eab:1d06 ", "by-path/pci-usb-0:1.4", false },
		{ "ttyS0", "", "ttyS0", false },
	};
	struct byname all[nitems(cases)] = { { .twin = false } };
	struct byname *devices[nitems(cases)];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		devices[i] = &all[i];
		snprintf(all[i].path, sizeof(all[i].path), "%.300s",
		    below(cases[i].device));
		strcpy(all[i].id, cases[i].id);
	}
	byname_settle(root, devices, nitems(cases));
	for (size_t i = 0; i < nitems(cases); i++) {
		assert_string_equal(all[i].path, below(cases[i].name));
		assert_int_equal(all[i].twin, cases[i].twin);
	}
	/* Alone, the adapter may move: its name by id leads to it. */
	snprintf(all[1].path, sizeof(all[1].path), "%.300s", below("ttyUSB1"));
	all[1].twin = false;
	byname_settle(root, &devices[1], 1);
	assert_string_equal(all[1].path,
	    below("by-id/usb-1a86_USB_Serial-if00-port0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
