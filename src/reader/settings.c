/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings - the options of a device string, checked against a table.
 */
#include "parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ANY (~0u)
#define BIT(n) (1u << (n))
#define TEXT_KINDS (BIT(DRIVER_LINE) | BIT(DRIVER_ASCII) | BIT(DRIVER_SSI))
#define SCAN_KINDS (BIT(DRIVER_LINE) | BIT(DRIVER_SSI))
#define THERMO_KINDS (BIT(DRIVER_PACKET) | BIT(DRIVER_ASCII))
#define IDLE_KINDS (TEXT_KINDS | BIT(DRIVER_OCR))
#define COMMAND_KINDS (BIT(DRIVER_LINE) | BIT(DRIVER_OCR))
#define PACKETS BIT(DRIVER_PACKET)
#define NO_DRIVER BIT(31) /* cameras */
#define SERIAL BIT(TRANSPORT_SERIAL)
#define WITH_DRIVER (SERIAL | BIT(TRANSPORT_TCP) | BIT(TRANSPORT_TRACE))
#define NET_CAMERAS (BIT(TRANSPORT_URL) | BIT(TRANSPORT_URLS))
#define CAMERAS (BIT(TRANSPORT_V4L2) | BIT(TRANSPORT_IMAGES) | \
	BIT(TRANSPORT_Y4M) | NET_CAMERAS)
#define FIELD(name) offsetof(struct settings, name)
#define BY_DRIVER (-1) /* the driver's row tells the default */

#define IDLE_SLOW_MS 150 /* up to 57600 baud */
#define IDLE_FAST_MS 60

enum setting_type {
	SETTING_NUMBER,
	SETTING_DECIMAL, /* in thousandths */
	SETTING_WORD,    /* its place in words */
	SETTING_REGION,  /* LEFT:TOP:WIDTH:HEIGHT, four fields from at on */
	SETTING_SIZE,    /* WIDTHxHEIGHT */
	SETTING_HEX,     /* bytes, kept as text */
	SETTING_TEXT,    /* chot-camera looks at it */
};

static const struct setting {
	const char *name;
	enum setting_type type;
	unsigned transports, kinds;
	long min, max, fallback;
	const char *words;
	size_t at;
	const char *help; /* N_() */
} table[] = {
	{ "baud", SETTING_NUMBER, SERIAL | BIT(TRANSPORT_TRACE), ANY, 50, 4000000, BY_DRIVER, NULL, FIELD(baud),
	    N_("line speed; the default is the protocol's") },
	{ "bits", SETTING_NUMBER, SERIAL, ANY, 7, 8, 8, NULL, FIELD(bits), N_("data bits") },
	{ "parity", SETTING_WORD, SERIAL, ANY, 0, 0, PARITY_NONE, "none even odd", FIELD(parity),
	    N_("parity") },
	{ "stop", SETTING_NUMBER, SERIAL, ANY, 1, 2, 1, NULL, FIELD(stop), N_("stop bits") },
	{ "flow", SETTING_WORD, SERIAL, ANY, 0, 0, FLOW_NONE, "none rtscts xonxoff", FIELD(flow),
	    N_("flow control") },
	{ "dtr", SETTING_WORD, SERIAL, ANY, 0, 0, 1, "off on", FIELD(dtr), N_("the DTR line") },
	{ "rts", SETTING_WORD, SERIAL, ANY, 0, 0, 1, "off on", FIELD(rts), N_("the RTS line") },
	{ "end", SETTING_WORD, WITH_DRIVER, TEXT_KINDS, 0, 0, END_AUTO, "auto cr lf crlf tab etx none",
	    FIELD(end), N_("what ends a reading; auto: CR, LF, CRLF, or silence") },
	{ "idle_ms", SETTING_NUMBER, WITH_DRIVER, IDLE_KINDS, 5, 5000, BY_DRIVER, NULL, FIELD(idle_ms),
	    N_("silence that ends a reading; 150, from 57600 baud on 60") },
	{ "aim", SETTING_WORD, WITH_DRIVER, SCAN_KINDS, 0, 0, AIM_AUTO, "auto on off", FIELD(aim),
	    N_("take an AIM identifier (]Q1) off the payload") },
	{ "trigger", SETTING_HEX, WITH_DRIVER, COMMAND_KINDS, 0, 0, 0, NULL, FIELD(trigger),
	    N_("bytes in hexadecimal that let it read, where they are not the protocol's") },
	{ "beep", SETTING_HEX, WITH_DRIVER, COMMAND_KINDS, 0, 0, 0, NULL, FIELD(beep),
	    N_("bytes in hexadecimal that let it beep") },
	{ "identity", SETTING_HEX, WITH_DRIVER, COMMAND_KINDS, 0, 0, 0, NULL, FIELD(identity),
	    N_("bytes in hexadecimal that ask what it is") },
	{ "offset", SETTING_DECIMAL, WITH_DRIVER, THERMO_KINDS, -10000, 10000, 0, NULL, FIELD(offset_mc),
	    N_("degrees added to what was measured") },
	{ "emissivity", SETTING_DECIMAL, WITH_DRIVER, THERMO_KINDS, 100, 1000, 0, NULL, FIELD(emissivity),
	    N_("of a skin, as 0.98: an optris or modbus is set to it, gy and mlx are reckoned anew") },
	{ "sensor_emissivity", SETTING_DECIMAL, WITH_DRIVER, PACKETS, 100, 1000, 0, NULL,
	    FIELD(sensor_emissivity), N_("what a gy-mcu, cjmcu, mlx or tn9 is set to, as 1.00") },
	{ "emissivity_register", SETTING_NUMBER, WITH_DRIVER, PACKETS, 0, 65535, -1, NULL,
	    FIELD(emissivity_register), N_("of modbus: where it keeps its emissivity") },
	{ "emissivity_scale", SETTING_NUMBER, WITH_DRIVER, PACKETS, 1, 10000, 0, NULL,
	    FIELD(emissivity_scale), N_("of modbus: what 1.00 is there") },
	{ "distance", SETTING_NUMBER, WITH_DRIVER, THERMO_KINDS, 1, 300, 0, NULL, FIELD(distance_cm),
	    N_("centimetres that offset holds for; a note") },
	{ "single", SETTING_NUMBER, WITH_DRIVER, THERMO_KINDS, 0, 1, BY_DRIVER, NULL, FIELD(single),
	    N_("1: each reading is a measurement; 0: readings stream. Default 1 for ascii, else 0") },
	{ "value", SETTING_WORD, WITH_DRIVER, THERMO_KINDS, 0, 0, BY_DRIVER, "object body", FIELD(value),
	    N_("which value counts where both are sent; default body for ascii, else object") },
	{ "continuous", SETTING_NUMBER, WITH_DRIVER, PACKETS, 0, 1, 0, NULL, FIELD(continuous),
	    N_("1: tell the device to send by itself after opening") },
	{ "mode", SETTING_WORD, WITH_DRIVER, PACKETS, 0, 0, BODY_FOREHEAD, "object forehead wrist", FIELD(mode),
	    N_("what a gd60914 measures") },
	{ "query_ms", SETTING_NUMBER, WITH_DRIVER, PACKETS, 50, 5000, BY_DRIVER, NULL, FIELD(query_ms),
	    N_("how often a device that answers is asked") },
	{ "address", SETTING_NUMBER, WITH_DRIVER, PACKETS, 0, 255, BY_DRIVER, NULL, FIELD(address),
	    N_("of the device: modbus 1, optris 0 (none), gy-614v 164") },
	{ "function", SETTING_NUMBER, WITH_DRIVER, PACKETS, 3, 4, 4, NULL, FIELD(function),
	    N_("of modbus") },
	{ "register", SETTING_NUMBER, WITH_DRIVER, PACKETS, 0, 65535, 0, NULL, FIELD(reg),
	    N_("of modbus") },
	{ "scale", SETTING_NUMBER, WITH_DRIVER, PACKETS, 1, 1000, 10, NULL, FIELD(scale),
	    N_("of modbus: counts in a degree") },
	{ "region", SETTING_REGION, WITH_DRIVER, PACKETS, 0, 63, 0, NULL, FIELD(left),
	    N_("LEFT:TOP:WIDTH:HEIGHT, the pixels that count; default all") },
	{ "speed", SETTING_DECIMAL, BIT(TRANSPORT_TRACE), ANY, 0, 1000000, 1000, NULL, FIELD(speed),
	    N_("of a recording; 0: without waiting") },
	{ "size", SETTING_SIZE, BIT(TRANSPORT_V4L2), NO_DRIVER, 16, 8192, 0, NULL, FIELD(width),
	    N_("of a camera's picture; 1280x720") },
	{ "rate", SETTING_NUMBER, BIT(TRANSPORT_V4L2) | NET_CAMERAS, NO_DRIVER, 1, 120, 0, NULL,
	    FIELD(frames_s), N_("pictures a second; 10") },
	{ "focus", SETTING_TEXT, BIT(TRANSPORT_V4L2), NO_DRIVER, 0, 0, 0, NULL, 0,
	    N_("near, auto, or a number of the camera's own; near") },
	{ "codes", SETTING_TEXT, CAMERAS, NO_DRIVER, 0, 0, 0, NULL, 0,
	    N_("qr, and with + between code128, code39, ean; qr") },
};

static long *
field(struct settings *settings, const struct setting *setting)
{
	return (long *)((char *)settings + setting->at);
}

static int
set_word(const struct setting *setting, const char *text, long *value,
    struct err *err)
{
	size_t n = strlen(text);
	const char *p = setting->words;

	for (*value = 0; *p != '\0'; (*value)++) {
		size_t word = strcspn(p, " ");

		if (word == n && memcmp(p, text, n) == 0)
			return 0;
		p += word + (p[word] == ' ');
	}
	return err_set(err, ERR_SETUP, "%s is none of: %s", setting->name,
	    setting->words);
}

/* "-0.9" to -900; at most three digits behind the point. */
static int
set_decimal(const struct setting *setting, const char *text, long *value,
    struct err *err)
{
	const char *p = text + (*text == '-' || *text == '+');
	long whole = 0, part = 0, scale = 1000;
	bool digits = false;

	for (; isdigit((unsigned char)*p) && whole < 1000000; p++) {
		whole = whole * 10 + (*p - '0');
		digits = true;
	}
	if (*p == '.')
		for (p++; isdigit((unsigned char)*p) && scale > 1; p++) {
			scale /= 10;
			part += (*p - '0') * scale;
			digits = true;
		}
	if (!digits || *p != '\0')
		return err_set(err, ERR_SETUP, "%s is not a number like 0.9",
		    setting->name);
	*value = whole * 1000 + part;
	if (*text == '-')
		*value = -*value;
	if (*value < setting->min || *value > setting->max)
		return err_set(err, ERR_SETUP, "%s is not within %g and %g",
		    setting->name, (double)setting->min / 1000,
		    (double)setting->max / 1000);
	return 0;
}

/* count numbers, separated by separator. */
static int
set_numbers(const struct setting *setting, const char *text, char separator,
    int count, long *values, struct err *err)
{
	for (int i = 0; i < count; i++) {
		char *end;

		values[i] = strtol(text, &end, 10);
		if (!isdigit((unsigned char)*text) ||
		    *end != (i + 1 < count ? separator : '\0'))
			return err_set(err, ERR_SETUP,
			    "%s is not %d numbers with '%c' between",
			    setting->name, count, separator);
		if (values[i] < setting->min || values[i] > setting->max)
			return err_set(err, ERR_SETUP,
			    "%s is not within %ld and %ld", setting->name,
			    setting->min, setting->max);
		text = end + 1;
	}
	if (setting->type == SETTING_REGION && (values[2] < 1 || values[3] < 1))
		return err_set(err, ERR_SETUP, "%s is empty", setting->name);
	return 0;
}

static int
set_hex(const struct setting *setting, const char *text,
    struct settings *settings, struct err *err)
{
	unsigned char bytes[COMMAND_MAX];

	if (hex_parse(text, strlen(text), bytes, sizeof(bytes)) <= 0)
		return err_set(err, ERR_SETUP,
		    "%s is not 1 to %d bytes in hexadecimal", setting->name,
		    COMMAND_MAX);
	strcpy((char *)settings + setting->at, text);
	return 0;
}

static int
set_one(const struct setting *setting, const struct device *device,
    struct settings *settings, struct err *err)
{
	const char *text = device_option(device, setting->name);
	long *value = field(settings, setting);

	switch (setting->type) {
	case SETTING_NUMBER:
		return device_number(device, setting->name, setting->min,
		    setting->max, setting->fallback, value, err);
	case SETTING_DECIMAL:
		return set_decimal(setting, text, value, err);
	case SETTING_WORD:
		return set_word(setting, text, value, err);
	case SETTING_REGION:
		return set_numbers(setting, text, ':', 4, value, err);
	case SETTING_SIZE:
		return set_numbers(setting, text, 'x', 2, value, err);
	case SETTING_HEX:
		return set_hex(setting, text, settings, err);
	case SETTING_TEXT:
		return 0;
	}
	return 0;
}

/* Every option given must be known and apply here. */
static int
set_options(const struct device *device, struct settings *settings,
    struct err *err)
{
	unsigned kind = settings->driver == NULL ? NO_DRIVER :
	    BIT(settings->driver->kind);

	for (size_t i = 0; i < nitems(table); i++) {
		if (table[i].type != SETTING_SIZE &&
		    table[i].type != SETTING_REGION &&
		    table[i].type != SETTING_HEX &&
		    table[i].type != SETTING_TEXT)
			*field(settings, &table[i]) = table[i].fallback;
	}
	for (size_t i = 0; i < device->noptions; i++) {
		const char *name = device->options[i].name;
		const struct setting *found = NULL;

		if (strcmp(name, "protocol") == 0 && settings->driver != NULL)
			continue;
		if (strcmp(name, "from") == 0 &&
		    device->transport == TRANSPORT_HTTP)
			continue; /* an address, looked at by chot-plates */
		for (size_t k = 0; k < nitems(table); k++)
			if (strcmp(table[k].name, name) == 0)
				found = &table[k];
		if (found == NULL)
			return err_set(err, ERR_SETUP, "no option \"%s\"",
			    name);
		if ((found->transports & BIT(device->transport)) == 0 ||
		    (found->kinds & kind) == 0)
			return err_set(err, ERR_SETUP,
			    "the option %s has no meaning here", name);
		if (set_one(found, device, settings, err) < 0)
			return -1;
	}
	return 0;
}

static void
set_command(char command[2 * COMMAND_MAX + 1], const char *driver)
{
	if (command[0] == '\0' && driver != NULL)
		snprintf(command, 2 * COMMAND_MAX + 1, "%s", driver);
}

static void
set_defaults_of_driver(struct settings *settings)
{
	const struct driver *driver = settings->driver;
	bool ascii = driver->kind == DRIVER_ASCII;

	if (settings->baud == BY_DRIVER)
		settings->baud = driver->baud;
	if (settings->idle_ms == BY_DRIVER)
		settings->idle_ms = settings->baud >= 57600 ? IDLE_FAST_MS :
		    IDLE_SLOW_MS;
	if (settings->single == BY_DRIVER)
		settings->single = ascii;
	if (settings->value == BY_DRIVER)
		settings->value = ascii;
	if (settings->query_ms == BY_DRIVER)
		settings->query_ms = driver->query_ms;
	if (settings->address == BY_DRIVER)
		settings->address = driver->address;
	set_command(settings->trigger, driver->trigger);
	set_command(settings->beep, driver->beep);
	set_command(settings->identity, driver->identity);
}

static bool
role_takes(enum reader_role role, enum transport transport)
{
	unsigned lines = WITH_DRIVER | BIT(TRANSPORT_EXEC);

	if (role == ROLE_PLATE)
		lines |= BIT(TRANSPORT_HTTP);
	if (role == ROLE_CAMERA)
		lines = CAMERAS | BIT(TRANSPORT_EXEC) | BIT(TRANSPORT_TRACE);
	return (lines & BIT(transport)) != 0;
}

int
settings_fill(enum reader_role role, const struct device *device,
    struct settings *settings, struct err *err)
{
	const char *protocol = device_option(device, "protocol");

	memset(settings, 0, sizeof(*settings));
	settings->role = role;
	if (!role_takes(role, device->transport))
		return err_set(err, ERR_SETUP, "a %s cannot be read that way",
		    reader_role_word(role));
	if (device->transport == TRANSPORT_TCP &&
	    strrchr(device->path, ':') == NULL)
		return err_set(err, ERR_SETUP, "tcp: needs HOST:PORT");
	if (device->transport == TRANSPORT_HTTP &&
	    strrchr(device->path, ':') == NULL)
		return err_set(err, ERR_SETUP, "http: needs ADDRESS:PORT");
	if (role != ROLE_CAMERA && device->transport != TRANSPORT_EXEC) {
		settings->driver = driver_find(role, protocol);
		if (settings->driver == NULL)
			return err_set(err, ERR_SETUP,
			    "no protocol \"%s\" for a %s", protocol,
			    reader_role_word(role));
	}
	if (set_options(device, settings, err) < 0)
		return -1;
	if (settings->driver == NULL)
		return 0;
	set_defaults_of_driver(settings);
	return emissivity_check(settings, err);
}

void
reader_print_help(FILE *out)
{
	for (size_t i = 0; i < ndrivers; i++)
		fprintf(out, "  protocol=%-12s %s\n", drivers[i].name,
		    _(drivers[i].help));
	for (size_t i = 0; i < nitems(table); i++)
		fprintf(out, "  %-11s %s%s%s\n", table[i].name,
		    table[i].words == NULL ? "" : table[i].words,
		    table[i].words == NULL ? "" : ": ", _(table[i].help));
}
