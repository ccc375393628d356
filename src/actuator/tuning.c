/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning - the options of an actuator's device, checked against a table.
 * Those of the port itself are the reader's.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define RELAY (1u << ACTUATOR_RELAY)
#define PRINTER (1u << ACTUATOR_PRINTER)
#define FIELD(name) offsetof(struct tuning, name)
#define LINE_MAX_NUMBER 511
#define DOTS_58 384
#define DOTS_80 576

static const struct wish {
	const char *name;
	unsigned roles;
	long min, max, fallback;
	const char *words; /* its place in them is the value; NULL: a number */
	size_t at;
	const char *help; /* N_() */
} wishes[] = {
	{ "channels", RELAY, 1, CHANNELS_MAX, 1, NULL, FIELD(channels),
	    N_("relays of the board that are used") },
	{ "address", RELAY, 1, 247, 1, NULL, FIELD(address),
	    N_("of a modbus board") },
	{ "pulse", RELAY, 50, 5000, 700, NULL, FIELD(pulse_ms),
	    N_("milliseconds of a gate's pulse") },
	{ "max", RELAY, 100, 120000, 30000, NULL, FIELD(max_ms),
	    N_("most milliseconds that anything may be on") },
	{ "interlock", RELAY, 0, 0, 0, "board channel", FIELD(by_channel),
	    N_("what must be off before anything goes on") },
	{ "active", RELAY, 0, 0, 0, "high low", FIELD(active_low),
	    N_("of a GPIO line: the level that is on") },
	{ "width", PRINTER, 0, 0, 0, "58 80", FIELD(dots),
	    N_("of the paper in millimetres: 384 or 576 dots") },
	{ "dots", PRINTER, 192, 832, 0, NULL, FIELD(dots),
	    N_("of a line, a multiple of 8, where width is not right") },
	{ "mode", PRINTER, 0, 0, PRINT_RASTER, "raster tcvn3 ascii", FIELD(mode),
	    N_("letters as dots; as TCVN-3 pages 30 and 31; without marks") },
	{ "cut", PRINTER, 0, 0, CUT_AUTO, "auto none partial full", FIELD(cut),
	    N_("after a slip; auto: partial on 80 mm, none on 58 mm") },
	{ "feed", PRINTER, 0, 20, 4, NULL, FIELD(feed),
	    N_("lines after a slip") },
	{ "band", PRINTER, 8, 128, 128, NULL, FIELD(band),
	    N_("rows of dots sent at a time") },
	{ "status", PRINTER, 0, 0, 1, "off on", FIELD(ask),
	    N_("ask the printer for paper and cover") },
};

static long *
field(struct tuning *tuning, const struct wish *wish)
{
	return (long *)((char *)tuning + wish->at);
}

static int
set_word(const struct wish *wish, const char *text, long *value,
    struct err *err)
{
	size_t n = strlen(text);
	const char *p = wish->words;

	for (*value = 0; *p != '\0'; (*value)++) {
		size_t word = strcspn(p, " ");

		if (word == n && memcmp(p, text, n) == 0)
			return 0;
		p += word + (p[word] == ' ');
	}
	return err_set(err, ERR_SETUP, "%s is none of: %s", wish->name,
	    wish->words);
}

/* "17:27:22": a line of the chip for each channel. */
static int
set_lines(const char *text, struct tuning *tuning, struct err *err)
{
	for (tuning->channels = 0; *text != '\0';) {
		char *end;
		long line = strtol(text, &end, 10);

		if (*text < '0' || *text > '9' || line > LINE_MAX_NUMBER ||
		    (*end != ':' && *end != '\0') ||
		    (*end == ':' && end[1] == '\0'))
			return err_set(err, ERR_SETUP,
			    "line is numbers up to %d with ':' between",
			    LINE_MAX_NUMBER);
		if (tuning->channels == CHANNELS_MAX)
			return err_set(err, ERR_SETUP, "at most %d lines",
			    CHANNELS_MAX);
		for (long i = 0; i < tuning->channels; i++)
			if (tuning->lines[i] == line)
				return err_set(err, ERR_SETUP,
				    "line %ld is given twice", line);
		tuning->lines[tuning->channels++] = line;
		text = end + (*end == ':');
	}
	return tuning->channels > 0 ? 0 :
	    err_set(err, ERR_SETUP, "line is empty");
}

static int
set_one(const struct device *device, const struct device_option *option,
    struct tuning *tuning, struct err *err)
{
	for (size_t i = 0; i < nitems(wishes); i++) {
		const struct wish *wish = &wishes[i];

		if (strcmp(wish->name, option->name) != 0 ||
		    (wish->roles & 1u << tuning->role) == 0)
			continue;
		if (wish->words != NULL)
			return set_word(wish, option->value,
			    field(tuning, wish), err);
		return device_number(device, wish->name, wish->min, wish->max,
		    wish->fallback, field(tuning, wish), err);
	}
	return err_set(err, ERR_SETUP, "no option \"%s\" for a %s",
	    option->name, actuator_role_word(tuning->role));
}

static int
set_options(const struct device *device, struct tuning *tuning,
    struct err *err)
{
	bool gpio = tuning->board != NULL &&
	    strcmp(tuning->board->name, "gpio") == 0;

	for (size_t i = 0; i < device->noptions; i++) {
		const struct device_option *option = &device->options[i];
		int done;

		if (strcmp(option->name, "protocol") == 0)
			continue;
		if (strcmp(option->name, "line") == 0 && gpio)
			done = set_lines(option->value, tuning, err);
		else if (strcmp(option->name, "active") == 0 && !gpio)
			done = err_set(err, ERR_SETUP,
			    "the option active is of protocol=gpio");
		else if (strcmp(option->name, "channels") == 0 && gpio)
			done = err_set(err, ERR_SETUP,
			    "the channels of gpio are its lines");
		else if (reader_port_option(option->name) && !gpio &&
		    device->transport != TRANSPORT_LP)
			done = 0; /* checked with the port */
		else
			done = set_one(device, option, tuning, err);
		if (done < 0)
			return -1;
	}
	if (gpio && device_option(device, "line") == NULL)
		return err_set(err, ERR_SETUP, "gpio needs line=NUMBER");
	return 0;
}

static int
find_protocol(const struct device *device, struct tuning *tuning,
    struct err *err)
{
	const char *name = device_option(device, "protocol");

	if (tuning->role == ACTUATOR_RELAY) {
		if (name == NULL)
			name = boards[0].name;
		for (size_t i = 0; i < nboards; i++)
			if (strcmp(boards[i].name, name) == 0)
				tuning->board = &boards[i];
		if (tuning->board != NULL)
			return 0;
	} else if (name == NULL || (tuning->role == ACTUATOR_PRINTER &&
	    strcmp(name, "escpos") == 0))
		return 0;
	return err_set(err, ERR_SETUP, "no protocol \"%s\" for a %s", name,
	    actuator_role_word(tuning->role));
}

static int
check(const struct device *device, struct tuning *tuning, struct err *err)
{
	static const unsigned transports[] = {
		[ACTUATOR_PRINTER] = 1u << TRANSPORT_SERIAL |
		    1u << TRANSPORT_TCP | 1u << TRANSPORT_LP |
		    1u << TRANSPORT_EXEC,
		[ACTUATOR_RELAY] = 1u << TRANSPORT_SERIAL |
		    1u << TRANSPORT_TCP,
		[ACTUATOR_SOUND] = 1u << TRANSPORT_EXEC | 1u << TRANSPORT_LP,
	};

	if ((transports[tuning->role] & 1u << device->transport) == 0)
		return err_set(err, ERR_SETUP, "a %s cannot be driven that way",
		    actuator_role_word(tuning->role));
	if (device->transport == TRANSPORT_TCP &&
	    strrchr(device->path, ':') == NULL)
		return err_set(err, ERR_SETUP, "tcp: needs HOST:PORT");
	return find_protocol(device, tuning, err);
}

int
tuning_fill(enum actuator_role role, const struct device *device,
    struct tuning *tuning, struct err *err)
{
	*tuning = (struct tuning){ .role = role };
	if (check(device, tuning, err) < 0)
		return -1;
	for (size_t i = 0; i < nitems(wishes); i++)
		*field(tuning, &wishes[i]) = wishes[i].fallback;
	if (set_options(device, tuning, err) < 0)
		return -1;
	/* The place of a width in its words is no number of dots yet. */
	if (tuning->dots <= 1)
		tuning->dots = tuning->dots == 0 ? DOTS_58 : DOTS_80;
	if (tuning->dots % 8 != 0)
		return err_set(err, ERR_SETUP, "dots is no multiple of 8");
	if (tuning->cut == CUT_AUTO)
		tuning->cut = tuning->dots > DOTS_58 ? CUT_PARTIAL : CUT_NONE;
	if (role == ACTUATOR_RELAY &&
	    tuning->channels > tuning->board->channels_max)
		return err_set(err, ERR_SETUP, "%s has %ld channels at most",
		    tuning->board->name, tuning->board->channels_max);
	if (role == ACTUATOR_RELAY && tuning->pulse_ms > tuning->max_ms)
		return err_set(err, ERR_SETUP, "pulse is longer than max");
	if (device->transport == TRANSPORT_SERIAL ||
	    device->transport == TRANSPORT_TCP)
		return reader_port_check(device, err);
	return 0;
}

void
actuator_print_help(FILE *out)
{
	for (size_t i = 0; i < nboards; i++)
		fprintf(out, "  protocol=%-12s %s\n", boards[i].name,
		    _(boards[i].help));
	fprintf(out, "  protocol=%-12s %s\n", "escpos",
	    _("slip printers, 58 and 80 mm"));
	fprintf(out, "  %-11s %s\n", "line",
	    _("of protocol=gpio: the lines, with ':' between"));
	for (size_t i = 0; i < nitems(wishes); i++)
		fprintf(out, "  %-11s %s%s%s\n", wishes[i].name,
		    wishes[i].words == NULL ? "" : wishes[i].words,
		    wishes[i].words == NULL ? "" : ": ", _(wishes[i].help));
}
