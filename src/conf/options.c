/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options - the table of every option, and what its values may be.
 *
 * Text of one value in, a checked field of struct conf out. The default
 * configuration, the template and the printed configuration come from here.
 */
#include "parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONF_FIELD(field) \
	offsetof(struct conf, field), sizeof(((struct conf *)NULL)->field)
#define LANE_FIELD(field) \
	offsetof(struct conf_lane, field), \
	sizeof(((struct conf_lane *)NULL)->field)
#define HUB_FIELD(field) \
	offsetof(struct conf_hub, field), \
	sizeof(((struct conf_hub *)NULL)->field)

const struct option options[] = {
	{ "", "policy", OPTION_PATH, "policy = \"/etc/chot/policy.conf\"", 0, 0, NULL, "",
	    N_("the policy pack"), NULL, false, CONF_FIELD(policy) },
	{ "", "theme", OPTION_WORD, "theme = \"daylight\"", 0, 0, NULL, "",
	    N_("colours of the screen"), NULL, false, CONF_FIELD(theme) },
	{ "", "state", OPTION_PATH, "state = \"/var/lib/chot\"", 0, 0, NULL, "",
	    N_("directory of the queue, the register and the keys"), NULL, false, CONF_FIELD(state) },
	{ "", "run", OPTION_PATH, "run = \"/run/chot\"", 0, 0, NULL, "",
	    N_("directory of the live status, in memory, never on the card"), NULL, false, CONF_FIELD(run) },

	{ "station", "id", OPTION_WORD, "id = \"\"", 0, 0, NULL, "",
	    N_("short name of the post, part of every record's number"), "id = \"ST-QL1A\"", true, CONF_FIELD(id) },
	{ "station", "name", OPTION_TEXT, "name = \"\"", 0, 0, NULL, "",
	    N_("name of the post as people know it"), "name = \"Chốt Quốc lộ 1A\"", false, CONF_FIELD(name) },
	{ "station", "unit", OPTION_TEXT, "unit = \"\"", 0, 0, NULL, "",
	    N_("code of the province or unit that runs the post"), "unit = \"94\"", false, CONF_FIELD(unit) },
	{ "station", "province", OPTION_TEXT, "province = \"\"", 0, 0, NULL, "",
	    N_("code of the province the post lies in, for lists that are published for it; else the unit, where the level is province"), "province = \"94\"", false, CONF_FIELD(province) },
	{ "station", "level", OPTION_TEXT, "level = \"\"", 0, 0, NULL, "",
	    N_("level of that unit: province, district, commune"), "level = \"province\"", false, CONF_FIELD(level) },
	{ "station", "road", OPTION_TEXT, "road = \"\"", 0, 0, NULL, "",
	    N_("kind of road: national, side, motorway"), "road = \"national\"", false, CONF_FIELD(road) },
	{ "station", "latitude", OPTION_REAL, "latitude = 0", -90, 90, NULL, N_("degrees north"),
	    N_("where the post stands"), "latitude = 9.6", false, CONF_FIELD(latitude) },
	{ "station", "longitude", OPTION_REAL, "longitude = 0", -180, 180, NULL, N_("degrees east"),
	    N_("where the post stands"), "longitude = 105.97", false, CONF_FIELD(longitude) },
	{ "station", "mode", OPTION_CHOICE, "mode = \"attended\"", 0, 0, "attended kiosk venue payout", "",
	    N_("an officer decides; the citizen stands alone; a venue; a benefit is paid"), NULL, false, CONF_FIELD(mode) },
	{ "station", "language", OPTION_CHOICE, "language = \"\"", 0, 0, "vi en", "",
	    N_("language of the screen; empty follows the locale"), NULL, false, CONF_FIELD(language) },
	{ "station", "typing", OPTION_CHOICE, "typing = \"telex\"", 0, 0, "telex vni off", "",
	    N_("how Vietnamese letters are typed into forms"), NULL, false, CONF_FIELD(typing) },
	{ "station", "volume", OPTION_TEXT, "volume = \"\"", 0, 0, NULL, "",
	    N_("command that sets the volume; {} stands for percent"), "volume = \"amixer -q set Master {}%\"", false, CONF_FIELD(volume) },
	{ "station", "power_off", OPTION_TEXT, "power_off = \"\"", 0, 0, NULL, "",
	    N_("command that switches the machine off"), "power_off = \"systemctl poweroff\"", false, CONF_FIELD(power_off) },
	{ "station", "networks", OPTION_COMMANDS, "networks = {}", 0, 0, NULL, "",
	    N_("commands that choose a network, each with the title it is offered under"), "networks = { \"Wi-Fi: /usr/bin/nmcli --wait 30 connection up post\" }", false, CONF_FIELD(networks) },
	{ "station", "country", OPTION_COUNTRY, "country = \"VNM\"", 0, 0, NULL, "",
	    N_("the post's country in three letters; citizens of others are foreigners"), NULL, false, CONF_FIELD(country) },
	{ "station", "capacity", OPTION_LONG, "capacity = 0", 0, 100000, NULL, N_("persons"),
	    N_("how many a venue holds; they are counted in and out"), NULL, false, CONF_FIELD(capacity) },
	{ "station", "zone", OPTION_INT, "zone = 0", 0, 4, NULL, "",
	    N_("level of the post's own zone; 0 is unknown"), NULL, false, CONF_FIELD(zone) },
	{ "station", "trust_days", OPTION_INT, "trust_days = 14", 1, 3650, NULL, N_("days"),
	    N_("older lists of issuers' keys are a trouble on the screen"), NULL, false, CONF_FIELD(trust_days) },
	{ "station", "utc_offset", OPTION_OFFSET, "utc_offset = \"+07:00\"", 0, 0, NULL, "",
	    N_("local time, whatever TZ says"), NULL, false, CONF_FIELD(utc_offset_s) },

	{ "lane", "direction", OPTION_CHOICE, "direction = \"in\"", 0, 0, "in out ask", "",
	    N_("which way the lane goes; ask: a key tells"), NULL, false, LANE_FIELD(direction) },
	{ "lane", "order", OPTION_CHOICE, "order = \"scan-first\"", 0, 0, "scan-first temp-first", "",
	    N_("what a person does first"), NULL, false, LANE_FIELD(order) },
	{ "lane", "scanner", OPTION_DEVICES, "scanner = {}", 0, 0, NULL, "",
	    N_("code scanners; a keyboard-wedge scanner needs no entry"),
	    "scanner = { \"serial:/dev/serial/by-id/usb-SCANNER,baud=9600,protocol=line\" }", false, LANE_FIELD(scanner) },
	{ "lane", "camera", OPTION_DEVICES, "camera = {}", 0, 0, NULL, "",
	    N_("cameras that read codes"), "camera = \"v4l2:/dev/video0,size=1280x720\"", false, LANE_FIELD(camera) },
	{ "lane", "thermometer", OPTION_DEVICES, "thermometer = {}", 0, 0, NULL, "",
	    N_("thermometers"), "thermometer = { \"serial:/dev/ttyUSB0,baud=9600,protocol=gy-mcu90614\" }",
	    false, LANE_FIELD(thermometer) },
	{ "lane", "plate", OPTION_DEVICES, "plate = {}", 0, 0, NULL, "",
	    N_("readers of number plates"), "plate = \"http:127.0.0.1:8088\"", false, LANE_FIELD(plate) },
	{ "lane", "printer", OPTION_DEVICES, "printer = {}", 0, 0, NULL, "",
	    N_("slip printers"), "printer = \"serial:/dev/ttyUSB1,protocol=escpos\"", false, LANE_FIELD(printer) },
	{ "lane", "relay", OPTION_DEVICES, "relay = {}", 0, 0, NULL, "",
	    N_("gate and booth relays"), "relay = \"serial:/dev/ttyUSB2,protocol=lcus\"", false, LANE_FIELD(relay) },
	{ "lane", "booth", OPTION_DEVICES, "booth = {}", 0, 0, NULL, "",
	    N_("relay of the disinfection booth, where it is not on the gate's board"),
	    "booth = \"serial:/dev/ttyUSB3,protocol=lcus\"", false, LANE_FIELD(booth) },
	{ "lane", "booth_seconds", OPTION_INT, "booth_seconds = 0", 0, 120, NULL, N_("seconds"),
	    N_("how long the booth runs for who passes; 0 is never"), NULL, false, LANE_FIELD(booth_s) },
	{ "lane", "booth_channel", OPTION_INT, "booth_channel = 2", 1, 8, NULL, "",
	    N_("the booth's channel of the gate's board"), NULL, false, LANE_FIELD(booth_channel) },
	{ "lane", "lamp", OPTION_DEVICES, "lamp = {}", 0, 0, NULL, "",
	    N_("relay of a lamp that burns while it is too dark for the camera"),
	    "lamp = \"serial:/dev/ttyUSB4,protocol=lcus\"", false, LANE_FIELD(lamp) },
	{ "lane", "lamp_seconds", OPTION_INT, "lamp_seconds = 10", 1, 30, NULL, N_("seconds"),
	    N_("how long the lamp burns before it goes off by itself"), NULL, false, LANE_FIELD(lamp_s) },
	{ "lane", "sound", OPTION_DEVICES, "sound = {}", 0, 0, NULL, "",
	    N_("player of sounds; without one the terminal's bell rings"),
	    "sound = \"exec:aplay -q\"", false, LANE_FIELD(sound) },
	{ "lane", "voice", OPTION_CHOICE, "voice = \"tone\"", 0, 0, "none tone words", "",
	    N_("nothing, one neutral tone, or the two words that citizens see"), NULL, false, LANE_FIELD(voice) },
	{ "lane", "sounds", OPTION_PATH, "sounds = \"\"", 0, 0, NULL, "",
	    N_("directory of the words as WAV files"), "sounds = \"/etc/chot/sounds\"", false, LANE_FIELD(sounds) },

	{ "hub", "url", OPTION_TEXT, "url = \"\"", 0, 0, NULL, "",
	    N_("where records are sent"), "url = \"https://hub.example\"", true, HUB_FIELD(url) },
	{ "hub", "certificate", OPTION_PATH, "certificate = \"\"", 0, 0, NULL, "",
	    N_("the post's certificate"), "certificate = \"post.crt\"", false, HUB_FIELD(certificate) },
	{ "hub", "key", OPTION_PATH, "key = \"\"", 0, 0, NULL, "",
	    N_("the certificate's secret key"), "key = \"post.key\"", false, HUB_FIELD(key) },
	{ "hub", "ca", OPTION_PATH, "ca = \"\"", 0, 0, NULL, "",
	    N_("who signs the hub's certificate"), "ca = \"hub-ca.crt\"", false, HUB_FIELD(ca) },
	{ "hub", "seal", OPTION_PATH, "seal = \"\"", 0, 0, NULL, "",
	    N_("public key that records are sealed to"), "seal = \"hub.pub\"", false, HUB_FIELD(seal) },
	{ "hub", "every", OPTION_LONG, "every = 60", 5, 86400, NULL, N_("seconds"),
	    N_("how often records are sent"), NULL, false, HUB_FIELD(every_s) },
	{ "hub", "lookup", OPTION_CHOICE, "lookup = \"on\"", 0, 0, "on off", "",
	    N_("the hub is asked about each person, too; no verdict waits for it"), NULL, false, HUB_FIELD(lookup) },
};
const size_t noptions = nitems(options);

const struct option *
option_find(const char *section, const char *name)
{
	for (size_t i = 0; i < noptions; i++)
		if (strcmp(options[i].section, section) == 0 &&
		    strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

/* One line of real text: it will stand on a screen and in records. */
static int
check_text(const struct option *option, const char *text, struct err *err)
{
	size_t n = strlen(text);

	if (!option_lists(option) && n >= option->size)
		return err_set(err, ERR_SETUP,
		    _("%s is longer than %zu bytes"), option->name,
		    option->size - 1);
	if (!utf8_valid(text, n))
		return err_set(err, ERR_SETUP, _("%s is not UTF-8"),
		    option->name);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return err_set(err, ERR_SETUP,
			    _("%s holds a control character"), option->name);
	return 0;
}

static int
check_word(const struct option *option, const char *text, struct err *err)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (text[strspn(text, allowed)] != '\0')
		return err_set(err, ERR_SETUP,
		    _("%s may hold only letters, digits, '-', '_' and '.'"),
		    option->name);
	return 0;
}

static int
check_choice(const struct option *option, const char *text, struct err *err)
{
	size_t n = strlen(text);

	/* The empty word means "not chosen", where that is the default. */
	if (n == 0 && strstr(option->line, "\"\"") != NULL)
		return 0;
	for (const char *p = option->choices; *p != '\0';) {
		size_t word = strcspn(p, " ");

		if (word == n && memcmp(p, text, n) == 0)
			return 0;
		p += word + (p[word] == ' ');
	}
	return err_set(err, ERR_SETUP, _("%s is none of: %s"), option->name,
	    option->choices);
}

static int
parse_real(const struct option *option, const char *text, double *value,
    struct err *err)
{
	char *end;

	errno = 0;
	*value = strtod(text, &end);
	/* Hexadecimal, "inf" and "nan" are for machines. */
	if (end == text || *end != '\0' || errno != 0 || !isfinite(*value) ||
	    text[strspn(text, "+-.0123456789")] != '\0')
		return err_set(err, ERR_SETUP, _("%s is not a number"),
		    option->name);
	if (*value < option->min || *value > option->max)
		return err_set(err, ERR_SETUP, _("%s is not within %g and %g"),
		    option->name, option->min, option->max);
	return 0;
}

static int
parse_whole(const struct option *option, const char *text, long *value,
    struct err *err)
{
	double real;

	if (parse_real(option, text, &real, err) < 0)
		return -1;
	*value = (long)real;
	if (text[strspn(text, "+-0123456789")] != '\0')
		return err_set(err, ERR_SETUP, _("%s is not a whole number"),
		    option->name);
	return 0;
}

static int
add_to_list(const struct option *option, const char *text,
    struct conf_devices *devices, struct err *err)
{
	struct device device;
	struct conf_command command;

	if (option->type == OPTION_DEVICES ?
	    device_parse(text, &device, err) < 0 :
	    conf_command(text, &command, err) < 0)
		return -1;
	if (devices == NULL)
		return 0;
	if (devices->count == CONF_DEVICES_MAX)
		return err_set(err, ERR_SETUP, _("more than %d devices"),
		    CONF_DEVICES_MAX);
	strcpy(devices->device[devices->count++], text);
	return 0;
}

static int
set_text(const struct option *option, const char *text, char *field,
    struct err *err)
{
	if (check_text(option, text, err) < 0)
		return -1;
	if (option->type == OPTION_WORD && check_word(option, text, err) < 0)
		return -1;
	if (option->type == OPTION_COUNTRY && (strlen(text) != 3 ||
	    text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0'))
		return err_set(err, ERR_SETUP,
		    _("%s is not three capital letters"), option->name);
	if (option->type == OPTION_CHOICE &&
	    check_choice(option, text, err) < 0)
		return -1;
	if (field != NULL)
		memcpy(field, text, strlen(text) + 1);
	return 0;
}

int
option_set(const struct option *option, const char *text, void *base,
    struct err *err)
{
	void *field = base == NULL ? NULL : (char *)base + option->at;
	double real = 0;
	long whole = 0;
	int seconds = 0;

	switch (option->type) {
	case OPTION_INT:
	case OPTION_LONG:
		if (parse_whole(option, text, &whole, err) < 0)
			return -1;
		if (field != NULL && option->type == OPTION_INT)
			*(int *)field = (int)whole;
		else if (field != NULL)
			*(long *)field = whole;
		return 0;
	case OPTION_REAL:
		if (parse_real(option, text, &real, err) < 0)
			return -1;
		if (field != NULL)
			*(double *)field = real;
		return 0;
	case OPTION_OFFSET:
		if (utc_offset_parse(text, &seconds) < 0)
			return err_set(err, ERR_SETUP,
			    _("%s is not an offset like \"+07:00\""),
			    option->name);
		if (field != NULL)
			*(int *)field = seconds;
		return 0;
	case OPTION_DEVICES:
	case OPTION_COMMANDS:
		if (check_text(option, text, err) < 0)
			return -1;
		return add_to_list(option, text, field, err);
	case OPTION_TEXT:
	case OPTION_WORD:
	case OPTION_CHOICE:
	case OPTION_COUNTRY:
	case OPTION_PATH:
		break;
	}
	return set_text(option, text, field, err);
}

/* Not %g: an exponent would not be taken back. Seven digits are 1 cm. */
static void
print_real(double value, FILE *out)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%.7f", value);

	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	fprintf(out, "%.*s", n, text);
}

void
option_print_quoted(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void
print_devices(const struct conf_devices *devices, FILE *out)
{
	fputs("{", out);
	for (size_t i = 0; i < devices->count; i++) {
		fputs(i == 0 ? " " : ", ", out);
		option_print_quoted(devices->device[i], out);
	}
	fputs(devices->count > 0 ? " }" : "}", out);
}

void
option_print(const struct option *option, const void *base, FILE *out)
{
	const void *field = (const char *)base + option->at;
	int seconds;

	fprintf(out, "%s = ", option->name);
	switch (option->type) {
	case OPTION_INT:
		fprintf(out, "%d", *(const int *)field);
		break;
	case OPTION_LONG:
		fprintf(out, "%ld", *(const long *)field);
		break;
	case OPTION_REAL:
		print_real(*(const double *)field, out);
		break;
	case OPTION_OFFSET:
		seconds = *(const int *)field;
		fprintf(out, "\"%c%02d:%02d\"", seconds < 0 ? '-' : '+',
		    abs(seconds) / 3600, abs(seconds) / 60 % 60);
		break;
	case OPTION_DEVICES:
	case OPTION_COMMANDS:
		print_devices(field, out);
		break;
	case OPTION_TEXT:
	case OPTION_WORD:
	case OPTION_CHOICE:
	case OPTION_COUNTRY:
	case OPTION_PATH:
		option_print_quoted(field, out);
		break;
	}
}
