/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics - the status as OpenMetrics text (version 1.0), for a node
 * exporter's textfile directory or anything else that reads it.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sample {
	NUMBER,  /* the value, times scale */
	TIME,    /* a time at the end of the value: Unix seconds */
	COUNT,   /* the number the value begins with */
	IS,      /* 1 when the value begins with `word`, else 0 */
	LEVEL,   /* well 0, attention 1, failing 2 */
	FENCES,  /* 1 when nothing is lacking */
};

static const struct metric {
	const char *line;   /* of the status; "device " for all of its kind */
	const char *name, *type, *unit, *help;
	enum sample sample;
	double scale;
	const char *word;   /* of IS */
	const char *labels; /* fixed ones, or the label for the kind's rest */
} metrics[] = {
	{ "state", "chot_state", "gauge", "", "0 well, 1 attention, 2 failing", LEVEL, 1, "", "" },
	{ "station", "chot_up", "gauge", "", "The station runs", IS, 1, "running", "" },
	{ "records", "chot_records", "gauge", "", "Records in the outbox", NUMBER, 1, "", "" },
	{ "records_waiting", "chot_records_waiting", "gauge", "", "Records that the hub has not acknowledged", NUMBER, 1, "", "" },
	{ "records_unanswered", "chot_records_unanswered", "gauge", "", "Records that the disk has not confirmed", NUMBER, 1, "", "" },
	{ "oldest_waiting", "chot_oldest_waiting_timestamp_seconds", "gauge", "seconds", "When the oldest unsent record was made", TIME, 1, "", "" },
	{ "people_in", "chot_people", "counter", "", "People of this shift", NUMBER, 1, "", "direction=\"in\"" },
	{ "people_out", "chot_people", "counter", "", "", NUMBER, 1, "", "direction=\"out\"" },
	{ "passed_in", "chot_passed", "counter", "", "People let pass in this shift", NUMBER, 1, "", "direction=\"in\"" },
	{ "passed_out", "chot_passed", "counter", "", "", NUMBER, 1, "", "direction=\"out\"" },
	{ "turned_back_in", "chot_turned_back", "counter", "", "People turned back in this shift", NUMBER, 1, "", "direction=\"in\"" },
	{ "turned_back_out", "chot_turned_back", "counter", "", "", NUMBER, 1, "", "direction=\"out\"" },
	{ "verdicts_pass", "chot_verdicts", "counter", "", "Verdicts of this shift", NUMBER, 1, "", "verdict=\"pass\"" },
	{ "verdicts_check", "chot_verdicts", "counter", "", "", NUMBER, 1, "", "verdict=\"check\"" },
	{ "verdicts_stop", "chot_verdicts", "counter", "", "", NUMBER, 1, "", "verdict=\"stop\"" },
	{ "clock", "chot_clock_trusted", "gauge", "", "Somebody vouched for the time", IS, 1, "confirmed", "" },
	{ "link", "chot_link_up", "gauge", "", "The hub is reached", IS, 1, "up", "" },
	{ "device ", "chot_device_up", "gauge", "", "The device answers", IS, 1, "ok", "device" },
	{ "list ", "chot_list_entries", "gauge", "", "Entries of a list", COUNT, 1, "", "list" },
	{ "list ", "chot_list_timestamp_seconds", "gauge", "seconds", "When a list was made", TIME, 1, "", "list" },
	{ "confined ", "chot_confined", "gauge", "", "A child is confined in every way", FENCES, 1, "", "child" },
	{ "alarm ", "chot_alarm", "gauge", "", "Somebody should look", IS, 1, "", "alarm" },
	{ "disk_total_mb", "chot_disk_size_bytes", "gauge", "bytes", "Size of the disk of the state", NUMBER, 1048576, "", "" },
	{ "disk_free_mb", "chot_disk_free_bytes", "gauge", "bytes", "Free on the disk of the state", NUMBER, 1048576, "", "" },
	{ "disk_read_only", "chot_disk_read_only", "gauge", "", "The disk takes no more data", NUMBER, 1, "", "" },
	{ "card_worn_percent", "chot_card_worn_ratio", "gauge", "ratio", "Used of the card's life, upper bound", NUMBER, 0.01, "", "" },
	{ "board_mc", "chot_board_celsius", "gauge", "celsius", "Hottest sensor of the board", NUMBER, 0.001, "", "" },
	{ "power_weak", "chot_power_weak", "gauge", "", "The supply's voltage drops", NUMBER, 1, "", "" },
	{ "battery_percent", "chot_battery_ratio", "gauge", "ratio", "Charge of the battery", NUMBER, 0.01, "", "" },
	{ "mains", "chot_mains", "gauge", "", "Runs on mains", NUMBER, 1, "", "" },
	{ "memory_total_mb", "chot_memory_size_bytes", "gauge", "bytes", "Memory of the machine", NUMBER, 1048576, "", "" },
	{ "memory_free_mb", "chot_memory_free_bytes", "gauge", "bytes", "Memory that programs can still have", NUMBER, 1048576, "", "" },
	{ "swap_disk_mb", "chot_swap_disk_bytes", "gauge", "bytes", "Swap that is not in memory", NUMBER, 1048576, "", "" },
	{ "uptime_s", "chot_uptime_seconds", "gauge", "seconds", "Since the machine started", NUMBER, 1, "", "" },
	{ "updated_at", "chot_updated_timestamp_seconds", "gauge", "seconds", "When the programs were installed", NUMBER, 1, "", "" },
	{ "network", "chot_network_up", "gauge", "", "The machine has a way out of its network", IS, 1, "up", "" },
	{ "network", "chot_network", "stateset", "", "Which of these the network is", IS, 1, "up", "chot_network=\"up\"" },
	{ "network", "chot_network", "stateset", "", "", IS, 1, "local", "chot_network=\"local\"" },
	{ "network", "chot_network", "stateset", "", "", IS, 1, "no-address", "chot_network=\"no-address\"" },
	{ "network", "chot_network", "stateset", "", "", IS, 1, "no-cable", "chot_network=\"no-cable\"" },
	{ "network", "chot_network", "stateset", "", "", IS, 1, "no-radio", "chot_network=\"no-radio\"" },
	{ "network", "chot_network", "stateset", "", "", IS, 1, "off", "chot_network=\"off\"" },
	{ "network", "chot_network", "stateset", "", "", IS, 1, "none", "chot_network=\"none\"" },
};

static bool
is_kind(const struct metric *m)
{
	return m->line[strlen(m->line) - 1] == ' ';
}

static bool
fits(const struct metric *m, const char *name)
{
	return is_kind(m) ? strncmp(m->line, name, strlen(m->line)) == 0 :
	    strcmp(m->line, name) == 0;
}

/* A label's value, with what the format reserves escaped. */
static void
print_label(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', out);
		if (*text == '\n')
			fputs("\\n", out);
		else
			fputc(*text, out);
	}
}

static int
level_of(const char *value)
{
	return strcmp(value, "failing") == 0 ? 2 :
	    strcmp(value, "attention") == 0;
}

/* False: the line has no such number. */
static bool
sample_of(const struct metric *m, const char *value, double *number)
{
	const char *word = strrchr(value, ' ');
	int64_t at;

	switch (m->sample) {
	case NUMBER:
	case COUNT:
		*number = (double)strtoll(value, NULL, 10) * m->scale;
		return true;
	case TIME:
		if (time_parse(word != NULL ? word + 1 : value, 0, &at) != 0)
			return false;
		*number = (double)at;
		return true;
	case IS:
		*number = strncmp(value, m->word, strlen(m->word)) == 0;
		return true;
	case LEVEL:
		*number = level_of(value);
		return true;
	case FENCES:
		*number = strncmp(value, "no ", 3) != 0 &&
		    strstr(value, ", no seccomp") == NULL &&
		    strstr(value, ", new ") == NULL;
		return true;
	}
	return false;
}

static void
print_sample(FILE *out, const struct metric *m, const struct status_line *line)
{
	bool counter = strcmp(m->type, "counter") == 0;
	double number;

	if (!sample_of(m, line->value, &number))
		return;
	fprintf(out, "%s%s", m->name, counter ? "_total" : "");
	if (is_kind(m)) {
		fprintf(out, "{%s=\"", m->labels);
		print_label(out, line->name + strlen(m->line));
		fprintf(out, "\"}");
	} else if (m->labels[0] != '\0') {
		fprintf(out, "{%s}", m->labels);
	}
	fprintf(out, " %.15g\n", number);
}

static void
print_info(FILE *out, const struct status *s)
{
	static const char *const names[] = { "id", "version", "pack" };

	fprintf(out, "# TYPE chot_post info\n"
	    "# HELP chot_post Which post it is, and what it runs\nchot_post_info{");
	for (size_t i = 0; i < nitems(names); i++) {
		fprintf(out, "%s%s=\"", i > 0 ? "," : "",
		    i == 0 ? "station" : names[i]);
		print_label(out, status_find(s, names[i]));
		fprintf(out, "\"");
	}
	fprintf(out, "} 1\n");
}

void
status_metrics(const struct status *s, FILE *out)
{
	print_info(out, s);
	for (size_t i = 0; i < nitems(metrics); i++) {
		const struct metric *m = &metrics[i];
		bool any = false;

		for (size_t k = 0; k < s->n; k++) {
			if (!fits(m, s->lines[k].name))
				continue;
			/* One head a family: its other rows have no help. */
			if (!any && m->help[0] != '\0') {
				fprintf(out, "# TYPE %s %s\n", m->name,
				    m->type);
				if (m->unit[0] != '\0')
					fprintf(out, "# UNIT %s %s\n",
					    m->name, m->unit);
				fprintf(out, "# HELP %s %s\n", m->name,
				    m->help);
			}
			any = true;
			print_sample(out, m, &s->lines[k]);
		}
	}
	fprintf(out, "# EOF\n");
}
