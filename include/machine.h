/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine - the post as a machine: its disk, card, heat, power, memory and
 * network, and what of it somebody should be called about.
 *
 * Reading asks the kernel and may wait for a slow battery controller, so the
 * station has a child do it and is sent a line. Judging is pure. Knows
 * nothing of checkpoints and of no person.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACHINE_LINE_MAX 1024 /* bytes of one line, with the NUL */
#define MACHINE_LINK_MAX 16   /* IFNAMSIZ */
#define MACHINE_LINKS_MAX 6

enum machine_network {
	NETWORK_UP,      /* a way out of the local network */
	NETWORK_LOCAL,   /* an address, and no way out */
	NETWORK_ADDRESS, /* connected, but nobody gave an address */
	NETWORK_CABLE,   /* the cable is out, or nothing is at its other end */
	NETWORK_RADIO,   /* Wi-Fi or a modem that has found no network */
	NETWORK_OFF,     /* the interface is switched off */
	NETWORK_NONE,    /* no interface at all */
};

struct machine_link {
	char name[MACHINE_LINK_MAX];
	enum machine_network state;
};

struct machine { /* -1: this machine does not tell */
	int64_t disk_total_mb, disk_free_mb; /* where the state lies */
	int64_t disk_read_only;  /* 0, 1 */
	int64_t card_worn_percent; /* eMMC, upper bound; 110: beyond its life */
	int64_t card_spare;      /* pre-EOL: 1 normal, 2 low, 3 nearly none */
	int64_t board_mc;        /* hottest zone, thousandths of a degree C */
	int64_t power_weak;      /* 0, 1: the supply's voltage drops */
	int64_t battery_percent;
	int64_t mains;           /* 0, 1 */
	int64_t memory_total_mb, memory_free_mb;
	int64_t swap_disk_mb;    /* swap that is not in memory (zram) */
	int64_t uptime_s;
	int64_t updated_at;      /* Unix s: the programs were installed */
	int64_t network;         /* enum machine_network */
	char link[MACHINE_LINK_MAX]; /* the interface meant, or "" */
	struct machine_link links[MACHINE_LINKS_MAX]; /* all of them */
	size_t nlinks;
};

enum machine_level { MACHINE_WELL, MACHINE_ATTENTION, MACHINE_FAILING };

/* root: "" or a directory with sys, proc and var like the machine's (tests);
 * state: a path on the disk that is meant. */
void machine_read(const char *root, const char *state, struct machine *machine);
/* Nothing known. */
void machine_init(struct machine *machine);

/* "machine disk_free_mb=812 ... link=eth0", for a child to say. Parsing is
 * whole or not at all (-1); unknown pairs are a later program's. */
void machine_print(const struct machine *machine, char out[MACHINE_LINE_MAX]);
int machine_parse(const char *line, struct machine *machine);
/* The fields one by one, as printed: false past the end. */
bool machine_field(const struct machine *machine, size_t i, const char **name,
    int64_t *value);
const char *machine_network_word(int64_t network); /* "up", "cable", ... */
const char *machine_network_text(int64_t network); /* translated, or "" */
/* What a person at the post can do about it; translated, or "". */
const char *machine_network_advice(int64_t network);

/* ---- what it means --------------------------------------------------------- */

#define MACHINE_TEXT_MAX 96
#define MACHINE_ALARMS_MAX 12

struct machine_alarm {
	const char *name; /* disk, card, heat, power, battery, ... */
	enum machine_level level;
	char text[MACHINE_TEXT_MAX];   /* short, for a header; translated */
	char advice[MACHINE_TEXT_MAX]; /* what to do, to be read by phone */
};

/* The worst first. needs_network: this post has a hub. */
size_t machine_alarms(const struct machine *machine, bool needs_network,
    struct machine_alarm out[MACHINE_ALARMS_MAX]);

struct machine_row { /* of a page for people */
	const char *name;             /* as of the alarm */
	enum machine_level level;
	char label[32];               /* translated */
	char value[MACHINE_TEXT_MAX];
};
#define MACHINE_ROWS_MAX 12

/* What the machine tells, in the order of a page. */
size_t machine_rows(const struct machine *machine, bool needs_network,
    int utc_offset_s, struct machine_row out[MACHINE_ROWS_MAX]);

#endif
