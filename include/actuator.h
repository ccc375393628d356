/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actuator - what a post switches, prints and sounds (chot-actuator(7)).
 *
 * Runs as a process of its own, `chot drive ROLE DEVICE`: command lines in,
 * ok, done and fault lines out. It heals by itself: a device that goes away
 * is reported and opened again every 500 ms. It decides nothing: whether a
 * gate may open is the station's matter, that it closes again is ours.
 */
#ifndef ACTUATOR_H
#define ACTUATOR_H

#include <stdio.h>

#include "base.h"
#include "conf.h"

enum actuator_role { ACTUATOR_PRINTER, ACTUATOR_RELAY, ACTUATOR_SOUND };

int actuator_role_parse(const char *word, enum actuator_role *role);
const char *actuator_role_word(enum actuator_role role);

struct actuator_options {
	int in_fd;          /* command lines */
	int out_fd;         /* ok, done, fault, switch and status lines */
	const char *log;    /* printer: the log of prints; NULL: none */
	const char *sounds; /* sound: directory of WAV files; NULL: none */
};

/* Check a device string for a role without opening it: transport, protocol
 * and every option known and in range. */
int actuator_check(enum actuator_role role, const struct device *device,
    struct err *err);

/* Protocols and options of devices, printed from their tables. */
void actuator_print_help(FILE *out);

/*
 * Drive until the end of the command lines or SIGTERM; every relay is then
 * off. 0, or -1 when the device cannot be used at all (set-up) or out_fd is
 * gone.
 */
int actuator_run(enum actuator_role role, const struct device *device,
    const struct actuator_options *options, struct err *err);

/* Asks whatever is at a serial port for its state, which switches nothing: the
 * protocol of the relay board that answers, or NULL: a mute one, or something
 * else. err is set when the port cannot be asked. Takes about a second. */
const char *actuator_recognise(const char *path, struct err *err);

/* This process can do nothing any more but drive this device (base.h). */
void actuator_confine(enum actuator_role role, const struct device *device,
    const struct actuator_options *options);

/* ---- devices that are not there: for the tests and `chot demo` -------------- */

struct testpaper_calls {
	void (*send)(void *arg, const unsigned char *bytes, size_t n);
	void (*say)(void *arg, const char *line); /* "cut ROWS", "noise HEX" */
	void *arg;
};

/* A printer that draws what it would print; dots % 8 == 0. */
struct testpaper *testpaper_new(size_t dots, const struct testpaper_calls *calls);
void testpaper_free(struct testpaper *paper); /* NULL is allowed */
void testpaper_bytes(struct testpaper *paper, const unsigned char *bytes, size_t n);
/* paper ok|low|out, cover open|shut, offline, online, mute, speak, deaf, new. */
bool testpaper_command(struct testpaper *paper, const char *line);
/* The paper so far, as PNG or, by another name, PBM. */
int testpaper_save(const struct testpaper *paper, const char *path, struct err *err);

struct testboard_calls {
	void (*send)(void *arg, const unsigned char *bytes, size_t n);
	void (*say)(void *arg, const char *line); /* "relay 1 on", "same 1 on", "noise HEX" */
	void *arg;
};

/* A relay board with its state: lcus, hw667, kmtronic, modbus; else NULL. */
struct testboard *testboard_new(const char *protocol, const struct testboard_calls *calls);
void testboard_free(struct testboard *board);
void testboard_bytes(struct testboard *board, const unsigned char *bytes, size_t n);
bool testboard_command(struct testboard *board, const char *line); /* mute, speak */

#endif
