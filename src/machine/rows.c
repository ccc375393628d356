/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows - the machine as a page for people: a label, a value with its unit,
 * and whether it is an alarm. What the machine does not tell is left out.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct sheet {
	struct machine_row *rows;
	size_t n;
};

static char *
row(struct sheet *sheet, const char *name, const char *label)
{
	struct machine_row *r = &sheet->rows[sheet->n++];

	r->name = name;
	r->level = MACHINE_WELL;
	snprintf(r->label, sizeof(r->label), "%s", label);
	r->value[0] = '\0';
	return r->value;
}

/* "812 MB" or "11.4 GB" */
static void
size_print(int64_t mb, char out[16])
{
	if (mb < 1024)
		snprintf(out, 16, "%" PRId64 " MB", mb);
	else
		/* a comma or a point, by language */
		snprintf(out, 16, _("%d.%d GB"), (int)(mb / 1024),
		    (int)(mb % 1024 * 10 / 1024));
}

static void
storage(const struct machine *h, struct sheet *sheet)
{
	char free_text[16], total[16];

	if (h->disk_free_mb >= 0) {
		size_print(h->disk_free_mb, free_text);
		size_print(h->disk_total_mb, total);
		snprintf(row(sheet, "disk", _("Disk")), MACHINE_TEXT_MAX,
		    h->disk_read_only == 1 ? _("takes no more data") :
		    _("%s of %s free"), free_text, total);
	}
	if (h->card_worn_percent > 100)
		snprintf(row(sheet, "card", _("Memory card")), MACHINE_TEXT_MAX,
		    "%s", _("beyond its life"));
	else if (h->card_worn_percent >= 0)
		snprintf(row(sheet, "card", _("Memory card")), MACHINE_TEXT_MAX,
		    _("up to %ld%% worn"), (long)h->card_worn_percent);
}

static void
power(const struct machine *h, struct sheet *sheet)
{
	if (h->power_weak >= 0)
		snprintf(row(sheet, "power", _("Power supply")),
		    MACHINE_TEXT_MAX, "%s", h->power_weak == 1 ?
		    _("too weak") : _("good"));
}

static void
battery(const struct machine *h, struct sheet *sheet)
{
	const char *mains = h->mains == 1 ? _("on mains") : _("no mains");

	if (h->battery_percent >= 0)
		snprintf(row(sheet, "battery", _("Battery")), MACHINE_TEXT_MAX,
		    "%ld%%, %s", (long)h->battery_percent, mains);
	if (h->board_mc >= 0)
		snprintf(row(sheet, "heat", _("Machine's heat")),
		    MACHINE_TEXT_MAX, "%ld C", (long)(h->board_mc / 1000));
}

static void
memory(const struct machine *h, struct sheet *sheet)
{
	char free_text[16], total[16];

	if (h->memory_free_mb >= 0) {
		size_print(h->memory_free_mb, free_text);
		size_print(h->memory_total_mb, total);
		snprintf(row(sheet, "memory", _("Memory")), MACHINE_TEXT_MAX,
		    _("%s of %s free"), free_text, total);
	}
	if (h->swap_disk_mb > 0)
		snprintf(row(sheet, "swap", _("Swap")), MACHINE_TEXT_MAX,
		    _("%ld MB on the disk"), (long)h->swap_disk_mb);
	else if (h->swap_disk_mb == 0)
		snprintf(row(sheet, "swap", _("Swap")), MACHINE_TEXT_MAX, "%s",
		    _("off"));
}

const char *
machine_network_text(int64_t network)
{
	static const char *const words[] = {
		[NETWORK_UP] = N_("connected"),
		[NETWORK_LOCAL] = N_("local network only"),
		[NETWORK_ADDRESS] = N_("no address given"),
		[NETWORK_CABLE] = N_("cable out"),
		[NETWORK_RADIO] = N_("not connected"),
		[NETWORK_OFF] = N_("switched off"),
		[NETWORK_NONE] = N_("no device"),
	};

	return network >= 0 && (size_t)network < nitems(words) ?
	    _(words[network]) : "";
}

static void
network(const struct machine *h, struct sheet *sheet)
{
	const char *words = machine_network_text(h->network);

	if (words[0] != '\0')
		snprintf(row(sheet, "network", _("Network")), MACHINE_TEXT_MAX,
		    "%s %s", words, h->link);
}

static void
uptime(const struct machine *h, struct sheet *sheet)
{
	if (h->uptime_s >= 0)
		snprintf(row(sheet, "uptime", _("Running for")),
		    MACHINE_TEXT_MAX, _("%ld days %ld h %ld min"),
		    (long)(h->uptime_s / 86400),
		    (long)(h->uptime_s / 3600 % 24),
		    (long)(h->uptime_s / 60 % 60));
}

static void
version(const struct machine *h, int utc_offset_s, struct sheet *sheet)
{
	char *value;

	value = row(sheet, "version", _("Version"));
	if (h->updated_at > 0) {
		struct calendar c = calendar_at(h->updated_at, utc_offset_s);

		snprintf(value, MACHINE_TEXT_MAX,
		    _("%s, installed %02d/%02d/%04d"), PACKAGE_VERSION,
		    c.day, c.month, c.year);
	} else {
		snprintf(value, MACHINE_TEXT_MAX, "%s", PACKAGE_VERSION);
	}
}

size_t
machine_rows(const struct machine *machine, bool needs_network,
    int utc_offset_s, struct machine_row out[MACHINE_ROWS_MAX])
{
	struct machine_alarm alarms[MACHINE_ALARMS_MAX];
	struct sheet sheet = { .rows = out };
	size_t n = machine_alarms(machine, needs_network, alarms);

	/* The last ones have no place on a small screen. */
	storage(machine, &sheet);
	battery(machine, &sheet);
	network(machine, &sheet);
	version(machine, utc_offset_s, &sheet);
	power(machine, &sheet);
	memory(machine, &sheet);
	uptime(machine, &sheet);
	for (size_t i = 0; i < sheet.n; i++)
		for (size_t k = n; k-- > 0;) /* the worst is the first */
			if (strcmp(alarms[k].name, out[i].name) == 0)
				out[i].level = alarms[k].level;
	return sheet.n;
}
