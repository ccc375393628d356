/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alarms - what somebody should be called about, in words that a phone call
 * can do something with: what it is, and what to do now. Pure.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISK_FAILING_MB 64 /* four times the ballast of the outbox */
#define DISK_LOW_MB 500
#define WORN_PERCENT 80
#define WORN_OUT_PERCENT 100
#define HOT_MC 80000
#define TOO_HOT_MC 90000 /* a Pi slows down at 80 and hard at 85 */
#define BATTERY_LOW 30
#define BATTERY_FAILING 10
#define MEMORY_LOW_MB 24
#define MEMORY_FAILING_MB 8

static bool
known_below(int64_t value, int64_t limit)
{
	return value >= 0 && value < limit;
}

static enum machine_level
by_limits(bool attention, bool failing)
{
	return failing ? MACHINE_FAILING : attention ? MACHINE_ATTENTION :
	    MACHINE_WELL;
}

/* ---- one function an alarm: its level, and the number of its text ------------- */

static enum machine_level
read_only(const struct machine *h, int64_t *n)
{
	*n = 0;
	return by_limits(false, h->disk_read_only == 1);
}

static enum machine_level
disk_full(const struct machine *h, int64_t *n)
{
	*n = h->disk_free_mb;
	if (h->disk_read_only == 1)
		return MACHINE_WELL; /* told already, and worse */
	return by_limits(known_below(*n, DISK_LOW_MB),
	    known_below(*n, DISK_FAILING_MB));
}

static enum machine_level
card_worn(const struct machine *h, int64_t *n)
{
	*n = h->card_worn_percent;
	return by_limits(*n >= WORN_PERCENT || h->card_spare == 2,
	    *n >= WORN_OUT_PERCENT || h->card_spare == 3);
}

static enum machine_level
hot(const struct machine *h, int64_t *n)
{
	*n = h->board_mc / 1000;
	return by_limits(h->board_mc >= HOT_MC, h->board_mc >= TOO_HOT_MC);
}

static enum machine_level
weak(const struct machine *h, int64_t *n)
{
	*n = 0;
	return by_limits(h->power_weak == 1, false);
}

static enum machine_level
battery_low(const struct machine *h, int64_t *n)
{
	*n = h->battery_percent;
	if (h->mains == 1)
		return MACHINE_WELL;
	return by_limits(known_below(*n, BATTERY_LOW + 1),
	    known_below(*n, BATTERY_FAILING + 1));
}

static enum machine_level
memory_low(const struct machine *h, int64_t *n)
{
	*n = h->memory_free_mb;
	return by_limits(known_below(*n, MEMORY_LOW_MB),
	    known_below(*n, MEMORY_FAILING_MB));
}

static enum machine_level
swaps(const struct machine *h, int64_t *n)
{
	*n = h->swap_disk_mb;
	return by_limits(*n > 0, false);
}

static const struct {
	const char *name;
	enum machine_level (*level)(const struct machine *h, int64_t *n);
	const char *text, *advice; /* text may show the number */
} alarms[] = {
	{ "disk", read_only, N_("Card takes no more data"),
	    N_("Write on paper, call the help desk: this card must be replaced") },
	{ "disk", disk_full, N_("Disk nearly full: %ld MB"),
	    N_("Send the queue (network or USB stick), then call the help desk") },
	{ "card", card_worn, N_("Memory card worn out"),
	    N_("Ask for a new card today; nothing is lost yet") },
	{ "heat", hot, N_("Machine too hot: %ld C"),
	    N_("Put it in the shade, keep its slots free, do not cover it") },
	{ "power", weak, N_("Power supply too weak"),
	    N_("Use the machine's own adapter and a short cable") },
	{ "battery", battery_low, N_("Battery %ld%%, no mains"),
	    N_("Plug in the charger or change to the spare battery") },
	{ "memory", memory_low, N_("Memory nearly full: %ld MB"),
	    N_("When nobody waits, switch the machine off and on again") },
	{ "swap", swaps, N_("Swap on the disk: %ld MB"),
	    N_("Tell the help desk: secrets could be read from this card") },
};

/* ---- the network: only where there is a hub to reach ---------------------------- */

static const struct {
	const char *text, *advice;
} networks[] = {
	[NETWORK_ADDRESS] = { N_("Network gives no address"),
	    N_("Switch the router off and on, wait two minutes") },
	[NETWORK_CABLE] = { N_("Network cable out"),
	    N_("Push the cable in at both ends; is the router on?") },
	[NETWORK_RADIO] = { N_("No Wi-Fi or mobile network"),
	    N_("Is the router on, does the SIM card have credit?") },
	[NETWORK_OFF] = { N_("Network switched off"),
	    N_("Look for a Wi-Fi key or switch; aeroplane mode off") },
	[NETWORK_NONE] = { N_("No network device"),
	    N_("Push the modem or adapter in again; then call the help desk") },
};

const char *
machine_network_advice(int64_t network)
{
	return network >= NETWORK_ADDRESS && network <= NETWORK_NONE ?
	    _(networks[network].advice) : "";
}

static bool
network_alarm(const struct machine *h, struct machine_alarm *alarm)
{
	if (h->network < NETWORK_ADDRESS || h->network > NETWORK_NONE)
		return false;
	alarm->name = "network";
	alarm->level = MACHINE_ATTENTION;
	snprintf(alarm->text, sizeof(alarm->text), "%s",
	    _(networks[h->network].text));
	snprintf(alarm->advice, sizeof(alarm->advice), "%s",
	    machine_network_advice(h->network));
	return true;
}

size_t
machine_alarms(const struct machine *machine, bool needs_network,
    struct machine_alarm out[MACHINE_ALARMS_MAX])
{
	size_t n = 0;
	int64_t number;

	/* Twice over the table: the worst first, else in its order. */
	for (int level = MACHINE_FAILING; level > MACHINE_WELL; level--) {
		for (size_t i = 0; i < nitems(alarms); i++) {
			if ((int)alarms[i].level(machine, &number) != level)
				continue;
			out[n].name = alarms[i].name;
			out[n].level = (enum machine_level)level;
			snprintf(out[n].text, sizeof(out[n].text),
			    _(alarms[i].text), (long)number);
			snprintf(out[n].advice, sizeof(out[n].advice), "%s",
			    _(alarms[i].advice));
			n++;
		}
	}
	if (needs_network && network_alarm(machine, &out[n]))
		n++;
	return n;
}
