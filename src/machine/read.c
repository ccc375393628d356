/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read - asks the kernel how the machine is. What is not there is unknown:
 * most boards have no battery, most SD cards do not tell their wear.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define TABLE_MAX 16384 /* bytes of /proc/meminfo, /proc/swaps */
#define HOTTEST_MC 150000 /* a sensor that says more is broken */

struct places {
	const char *root;
	struct machine *machine;
};

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---- disk and card --------------------------------------------------------- */

static void
disk(const char *state, struct machine *machine)
{
	struct statvfs fs;

	if (statvfs(state, &fs) != 0)
		return;
	machine->disk_total_mb = (int64_t)((uint64_t)fs.f_blocks * fs.f_frsize >> 20);
	machine->disk_free_mb = (int64_t)((uint64_t)fs.f_bavail * fs.f_frsize >> 20);
	machine->disk_read_only = (fs.f_flag & ST_RDONLY) != 0;
}

/* "0x02 0x03": tenths of the life of each of the two kinds of cells. */
static int64_t
worn_percent(const char *life)
{
	unsigned a, b;

	if (sscanf(life, "%x %x", &a, &b) != 2 || a > 11 || b > 11)
		return -1;
	a = a > b ? a : b;
	return a == 0 ? -1 : 10 * (int64_t)a; /* 0: the card does not say */
}

static void
card(void *arg, const char *name)
{
	struct places *p = arg;
	struct machine *h = p->machine;
	char word[64];
	int64_t spare;

	if (strncmp(name, "mmcblk", 6) != 0 || strpbrk(name + 6, "pbr") != NULL)
		return; /* a partition, a boot area */
	if (kernel_word(p->root, word, sizeof(word),
	    "/sys/block/%s/device/life_time", name))
		h->card_worn_percent = larger(h->card_worn_percent,
		    worn_percent(word));
	spare = kernel_number(p->root, "/sys/block/%s/device/pre_eol_info",
	    name);
	if (spare >= 1 && spare <= 3)
		h->card_spare = larger(h->card_spare, spare);
}

/* ---- heat and power ----------------------------------------------------------- */

static void
zone(void *arg, const char *name)
{
	struct places *p = arg;
	int64_t mc;

	if (strncmp(name, "thermal_zone", 12) != 0)
		return;
	mc = kernel_number(p->root, "/sys/class/thermal/%s/temp", name);
	if (mc <= HOTTEST_MC)
		p->machine->board_mc = larger(p->machine->board_mc, mc);
}

/* The Raspberry Pi's firmware tells when its supply's voltage drops. */
static void
sensor(void *arg, const char *name)
{
	struct places *p = arg;
	char word[64];
	int64_t low;

	if (!kernel_word(p->root, word, sizeof(word),
	    "/sys/class/hwmon/%s/name", name) || strcmp(word, "rpi_volt") != 0)
		return;
	low = kernel_number(p->root, "/sys/class/hwmon/%s/in0_lcrit_alarm",
	    name);
	if (low == 0 || low == 1)
		p->machine->power_weak = larger(p->machine->power_weak, low);
}

static void
supply(void *arg, const char *name)
{
	struct places *p = arg;
	struct machine *h = p->machine;
	char type[64], scope[64] = "";
	int64_t n;

	if (!kernel_word(p->root, type, sizeof(type),
	    "/sys/class/power_supply/%s/type", name))
		return;
	kernel_word(p->root, scope, sizeof(scope),
	    "/sys/class/power_supply/%s/scope", name);
	if (strcmp(scope, "Device") == 0)
		return; /* a mouse's */
	if (strcmp(type, "Battery") == 0) {
		n = kernel_number(p->root,
		    "/sys/class/power_supply/%s/capacity", name);
		/* Of two batteries the fuller one tells how long it lasts. */
		if (n >= 0 && n <= 100)
			h->battery_percent = larger(h->battery_percent, n);
	} else if (strcmp(type, "Mains") == 0 || strncmp(type, "USB", 3) == 0) {
		n = kernel_number(p->root,
		    "/sys/class/power_supply/%s/online", name);
		if (n >= 0)
			h->mains = larger(h->mains, n > 0);
	}
}

/* ---- memory ---------------------------------------------------------------------- */

static char *
table(const char *root, const char *path)
{
	char full[MACHINE_PATH_MAX];
	size_t n;

	snprintf(full, sizeof(full), "%s%s", root, path);
	return file_read(full, TABLE_MAX, &n, NULL);
}

static int64_t
line_mb(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	long long kb;

	if (at == NULL || sscanf(at + strlen(name), " %lld kB", &kb) != 1 ||
	    kb < 0)
		return -1;
	return kb / 1024;
}

static void
memory(const char *root, struct machine *machine)
{
	char *text = table(root, "/proc/meminfo");

	if (text == NULL)
		return;
	machine->memory_total_mb = line_mb(text, "MemTotal:");
	machine->memory_free_mb = line_mb(text, "MemAvailable:");
	free(text);
}

/* What is swapped to a disk can be read from it afterwards. */
static void
swap(const char *root, struct machine *machine)
{
	char *text = table(root, "/proc/swaps"), *line, *rest;

	if (text == NULL)
		return;
	machine->swap_disk_mb = 0;
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		char name[128];
		long long kb;

		if (sscanf(line, "%127s %*s %lld", name, &kb) == 2 && kb > 0 &&
		    strncmp(name, "/dev/zram", 9) != 0)
			machine->swap_disk_mb += larger(kb / 1024, 1);
	}
	free(text);
}

static void
installed(const char *root, struct machine *machine)
{
	char path[MACHINE_PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/var/lib/dpkg/info/chot.list", root);
	if (stat(path, &st) == 0)
		machine->updated_at = st.st_mtime;
}

void
machine_read(const char *root, const char *state, struct machine *machine)
{
	struct places p = { root, machine };

	machine_init(machine);
	disk(state, machine);
	kernel_each(root, "/sys/block", card, &p);
	kernel_each(root, "/sys/class/thermal", zone, &p);
	kernel_each(root, "/sys/class/hwmon", sensor, &p);
	kernel_each(root, "/sys/class/power_supply", supply, &p);
	memory(root, machine);
	swap(root, machine);
	machine->uptime_s = kernel_number(root, "/proc/uptime");
	installed(root, machine);
	network_read(root, machine);
}
