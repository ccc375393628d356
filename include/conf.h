/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf - the configuration file as settings (chot.conf(5)).
 *
 * Text in, one filled struct out. Unknown options, duplicate titles, values
 * out of range and "${" are refused with file and line. Does not open a
 * device or look at the disk beyond the one file.
 */
#ifndef CONF_H
#define CONF_H

#include <stdio.h>

#include "base.h"

#define CONF_PATH_MAX 512
#define CONF_NAME_MAX 96
#define CONF_DEVICE_MAX 400
#define CONF_LANES_MAX 8
#define CONF_DEVICES_MAX 4 /* of one role in one lane */
#define DEVICE_OPTIONS_MAX 16

/* ---- device strings: TRANSPORT:PATH[,option=value]... --------------------- */

enum transport {
	TRANSPORT_SERIAL, TRANSPORT_TCP, TRANSPORT_V4L2, TRANSPORT_IMAGES,
	TRANSPORT_Y4M, TRANSPORT_EXEC, TRANSPORT_TRACE, TRANSPORT_LP,
	TRANSPORT_HTTP, /* listens, http:ADDRESS:PORT */
	TRANSPORT_URL, TRANSPORT_URLS, /* asks, http://HOST/PATH, https: */
};

struct device_option {
	char name[24], value[64];
};

struct device {
	enum transport transport;
	char path[CONF_DEVICE_MAX]; /* exec: the whole command, verbatim */
	struct device_option options[DEVICE_OPTIONS_MAX];
	size_t noptions;
};

int device_parse(const char *text, struct device *device, struct err *err);
/* NULL when the option is not given. */
const char *device_option(const struct device *device, const char *name);
/* The option as a number within limits, or fallback when it is not given. */
int device_number(const struct device *device, const char *name, long min,
    long max, long fallback, long *value, struct err *err);

/* ---- commands: TITLE: /PATH WORD ... ------------------------------------ */

#define COMMAND_WORDS_MAX 16

struct conf_command { /* words begin at these places of text */
	char title[CONF_NAME_MAX], text[CONF_DEVICE_MAX];
	size_t words[COMMAND_WORDS_MAX], nwords;
};

int conf_command(const char *text, struct conf_command *command, struct err *err);

/* ---- settings ---------------------------------------------------------------- */

struct conf_devices {
	char device[CONF_DEVICES_MAX][CONF_DEVICE_MAX];
	size_t count;
};

struct conf_lane {
	char title[CONF_NAME_MAX];
	char direction[8]; /* in, out, ask */
	char order[16];    /* scan-first, temp-first */
	struct conf_devices scanner, camera, thermometer, plate, printer, relay,
	    booth, sound, lamp;
	int booth_s;       /* how long the booth runs for who passes; 0: never */
	int booth_channel; /* of the relay board, where the booth has no own */
	int lamp_s;        /* how long the lamp burns when the camera sees too little */
	char voice[8];     /* none, tone, words */
	char sounds[CONF_PATH_MAX]; /* directory of WAV files for words */
};

struct conf_hub {
	bool present;
	char url[CONF_PATH_MAX], certificate[CONF_PATH_MAX], key[CONF_PATH_MAX],
	    ca[CONF_PATH_MAX], seal[CONF_PATH_MAX];
	long every_s;
	char lookup[4]; /* on, off: are persons looked up there, too? */
};

struct conf {
	char id[CONF_NAME_MAX], name[CONF_NAME_MAX], unit[CONF_NAME_MAX],
	    province[CONF_NAME_MAX], level[CONF_NAME_MAX], road[CONF_NAME_MAX];
	double latitude, longitude;
	char mode[16]; /* attended, kiosk */
	char language[8]; /* vi, en; "" follows the locale */
	char typing[8];   /* telex, vni, off: letters of what is typed */
	char volume[CONF_PATH_MAX], power_off[CONF_PATH_MAX]; /* commands of the site; {} is percent */
	struct conf_devices networks; /* commands of the site, one a network */
	char country[4];  /* ISO 3166-1 alpha-3 of the post; others are foreigners; default VNM */
	long capacity;    /* how many a venue holds; 0 is no venue */
	int zone;         /* level of the post's own zone, 1 to 4, 0 unknown */
	int trust_days;   /* older lists of issuers' keys are a trouble */
	int utc_offset_s;
	char policy[CONF_PATH_MAX], theme[CONF_NAME_MAX], state[CONF_PATH_MAX],
	    run[CONF_PATH_MAX];
	struct conf_lane lanes[CONF_LANES_MAX];
	size_t nlanes;
	struct conf_hub hub;
};

/* Load path; NULL takes /etc/chot/chot.conf, else
 * $XDG_CONFIG_HOME/chot/chot.conf. Errors are "FILE:LINE: words". Relative
 * paths in the file are relative to the file. */
int conf_load(const char *path, struct conf *conf, struct err *err);
/* The built-in defaults, from the options table. */
void conf_defaults(struct conf *conf);
/* The whole configuration as a file that conf_load() takes back. */
void conf_print(const struct conf *conf, FILE *out);
/* A commented default file, printed from the options table. */
void conf_print_template(FILE *out);

#endif
