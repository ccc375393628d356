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

/* This process can do nothing any more but drive this device (base.h). */
void actuator_confine(enum actuator_role role, const struct device *device,
    const struct actuator_options *options);

#endif
