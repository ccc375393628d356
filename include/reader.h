/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader - turns one device's bytes into event lines (chot-reader(7)).
 *
 * Runs as a process of its own, `chot read ROLE DEVICE`: device bytes in,
 * event lines out, command lines (trigger, beep) on standard input. It heals
 * by itself: a device that goes away is reported by a fault line and opened
 * again every 500 ms. It knows nothing of persons or lanes.
 */
#ifndef READER_H
#define READER_H

#include <stdio.h>

#include "base.h"
#include "conf.h"

enum reader_role { ROLE_SCANNER, ROLE_THERMOMETER, ROLE_CAMERA, ROLE_PLATE };

int reader_role_parse(const char *word, enum reader_role *role);
const char *reader_role_word(enum reader_role role);

struct reader_options {
	long readings;   /* end after so many; 0: until end of input or SIGTERM */
	int in_fd;       /* command lines; -1: none */
	int out_fd;      /* event lines */
};

/* Check a device string for a role without opening it: transport, protocol
 * and every option known and in range. */
int reader_check(enum reader_role role, const struct device *device,
    struct err *err);

/* Protocols and options of devices, printed from their tables. */
void reader_print_help(FILE *out);

/* This process can do no more than reading that device, or driving it, needs:
 * before the first byte comes in. name is for the log. */
/* more: paths besides, and what a process of its own needs. */
void reader_confine_with(const char *name, const struct device *device,
    const struct confine *more);
void reader_confine(const char *name, const struct device *device);

/* A device that chot-camera reads. */
bool reader_is_camera(const struct device *device);

/* Read until done. 0, or -1 when the device cannot be used at all (set-up) or
 * out_fd is gone. Cameras (v4l2, images, y4m, http) are another program's,
 * chot-camera: ERR_ABSENT here. */
int reader_run(enum reader_role role, const struct device *device,
    const struct reader_options *options, struct err *err);

/*
 * List the serial ports of this machine, or those of paths when count is not
 * 0; lines: their DTR and RTS stay raised; listen to each for a share of seconds at each usual line speed, sending
 * nothing; print a configuration line for what is recognised.
 */
int reader_find(const char *const *paths, size_t count, long seconds,
    bool lines, FILE *out, struct err *err);

#define READER_PORTS_MAX 32

/* A serial port by the name that stays its own. */
struct reader_port_name {
	char path[CONF_PATH_MAX];
	char words[192]; /* what its plug says, clean */
	bool converter;  /* a chip that does not tell what is behind it */
};

/* The serial ports of this machine, or those of paths when count is not 0;
 * returns their number. */
size_t reader_ports(const char *const *paths, size_t count,
    struct reader_port_name ports[READER_PORTS_MAX]);

/*
 * Ask for each code of the test page (contrib/scanner-test) and say in words
 * what is wrong with the scanner's settings; a scan is waited for wait_s. 0:
 * all is well. -1: ERR_INPUT for wrong settings, ERR_RETRY when nothing came.
 */
int reader_test(const struct device *device, long wait_s, FILE *out,
    struct err *err);

/* ---- devices that are not there, for the tests and `chot demo` -------------------- */

struct testdevice_calls {
	void (*send)(void *arg, const unsigned char *bytes, size_t n);
	void (*say)(void *arg, const char *line);
	void *arg;
};

/* A thermometer of the protocol, which sends and answers as it does; else
 * NULL. It says "noise HEX" of bytes that are no question to it. */
struct testthermo *testthermo_new(const char *protocol,
    const struct testdevice_calls *calls);
void testthermo_free(struct testthermo *thermo);
void testthermo_bytes(struct testthermo *thermo, const unsigned char *bytes,
    size_t n, int64_t now_ms);
/* Sends what is due. When to come again; -1: after bytes have come. */
int64_t testthermo_tick(struct testthermo *thermo, int64_t now_ms);
/* Somebody of this temperature stands there; 0: nobody does. */
void testthermo_see(struct testthermo *thermo, int32_t object_mc);
/* see MC, ambient MC, jitter MC, damage FRAMES, quiet (sends only when it is
 * told to), mute, speak. */
bool testthermo_command(struct testthermo *thermo, const char *line);

/* A scanner: line, honeywell, newland, ssi, mrz; else NULL. */
struct testscanner *testscanner_new(const char *protocol,
    const struct testdevice_calls *calls);
void testscanner_free(struct testscanner *scanner);
void testscanner_bytes(struct testscanner *scanner,
    const unsigned char *bytes, size_t n, int64_t now_ms);
int64_t testscanner_tick(struct testscanner *scanner, int64_t now_ms);
/* Somebody pulls its trigger before this code. */
void testscanner_scan(struct testscanner *scanner,
    const unsigned char *payload, size_t n, int64_t now_ms);
/*
 * scan TEXT, hex HEX; hold TEXT (a code lies there and is read when the host
 * triggers); damage PACKETS, deaf ANSWERS (that do not reach it), raw (ssi: no
 * packets), refuse, obey. It says "trigger", "beep", "stray HEX", "given up".
 */
bool testscanner_command(struct testscanner *scanner, const char *line,
    int64_t now_ms);

/* ---- a port for the room actuator -------------------------------------------- */

struct reader_port {
	int fd;          /* non-blocking, closed on exec, locked; -1: closed */
	bool connecting; /* tcp: writable means connected or failed */
	void *handle;    /* the reader's own */
};

/* True for the options of a device string that are the port's own: baud,
 * bits, parity, stop, flow, dtr, rts. reader_port_check() checks their
 * values; all others are none of its business. */
bool reader_port_option(const char *name);
int reader_port_check(const struct device *device, struct err *err);
/* Open serial: or tcp:; baud is the speed where the device tells none. */
int reader_port_open(const struct device *device, long baud,
    struct reader_port *port, struct err *err);
int reader_port_connected(struct reader_port *port, struct err *err);
void reader_port_close(struct reader_port *port); /* may be closed */

#endif
