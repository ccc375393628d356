/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command - the front door: argv in, exit status out (sysexits).
 *
 * Each command is a row of commands[] in main.c and a file cmd_<name>.c.
 */
#ifndef COMMAND_PARTS_H
#define COMMAND_PARTS_H

#include "base.h"
#include "conf.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
	const char *arguments; /* for the usage line */
	const char *help;      /* one line, N_() */
	bool internal;         /* a child of the station: not listed */
};

int cmd_station(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_drive(int argc, char **argv);
int cmd_credential(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_judge(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_register(int argc, char **argv);
int cmd_outbox(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_display(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_support(int argc, char **argv);
int cmd_setup(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_sync(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_devices(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_demo_devices(int argc, char **argv);
int cmd_recorder(int argc, char **argv);
int cmd_errand(int argc, char **argv);
int cmd_roster(int argc, char **argv);
int cmd_lookup(int argc, char **argv);
int cmd_machine(int argc, char **argv);

/* This process becomes the look-up child, the recorder or the one that looks
 * after the machine, and can do nothing else any more (base.h, confinement). */
void confine_machine(const char *root);
/* The key that a post signs its slips with, and its public half, which
 * public_path (PATH_MAX bytes) then names, among the post's trusted keys. */
int key_sign_make(const char *state, const char *id, char *public_path,
    struct err *err);

void confine_lookup(const char *register_path, const char *key_path);
void confine_roster(const char *dir);
void confine_recorder(const char *outbox_path, const char *seal_path);
/* "chot: words" on standard error; returns the exit status for err. */
int command_fail(const struct err *err);
/* "chot NAME: words; see chot NAME --help" and 64. */
int command_usage(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Print usage, what the command does and the options text; returns 0. */
int command_help(const char *name, const char *options);
/* The path of this program, for starting children; static storage. */
const char *command_self(void);
/* Directory of chot-camera: $CHOT_LIBEXEC, else as installed. */
const char *command_libexec(void);
/* Directory of policy/, demo/ and themes/ data: $CHOT_DATA/contrib, else as
 * installed. */
void command_data(char *out, size_t size);
/* Where the value sets are; returns out. */
const char *command_values(char *out, size_t size);

/* A pty whose other end is dir/dev/name; non-blocking. -1: err is set. */
int demo_pty(const char *dir, const char *name, struct err *err);
/* The printer and the relays of the demo, in its loop. */
int demo_outputs_start(struct loop *loop, const char *dir, struct err *err);

/* demo_hub.c: a hub for the demo; *lines: what the configuration says of it,
 * free() it. -1: err says why. */
pid_t demo_hub_start(const char *dir, char **lines, struct err *err);
/* What a post of that hub has in its keys: whom it believes, by what it reads. */
int demo_hub_keys(const char *lines, const char *keys_dir, struct err *err);
void demo_hub_stop(pid_t pid); /* 0 and -1 are allowed */

#endif
