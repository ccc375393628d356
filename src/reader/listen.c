/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listen - what is plugged in here: lists serial ports, hears what each says
 * at the usual line speeds, lists cameras with their formats, and prints the
 * configuration line for each.
 *
 * Nothing is sent to a port.
 */
#include "parts.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEARD_MAX 8192 /* bytes of one port at one speed */

static const long speeds[] = { 9600, 115200, 19200, 57600, 38400 };

struct ear {
	struct port_info info;
	struct loop *loop;
	struct link link;
	bool known, gone;
	struct guess guess;
	size_t total, n;
	unsigned char heard[HEARD_MAX];
	char problem[ERR_TEXT_MAX];
};

struct ears {
	struct ear *all;
	size_t count;
	struct loop *loop;
	bool lines; /* DTR and RTS stay raised */
};

static void
on_bytes(void *arg, int fd, short revents)
{
	struct ear *ear = arg;
	unsigned char rest[512];
	size_t room = sizeof(ear->heard) - ear->n;
	ssize_t n = room > 0 ? read(fd, ear->heard + ear->n, room) :
	    read(fd, rest, sizeof(rest));

	(void)revents;
	if (n > 0 && room > 0)
		ear->n += (size_t)n;
	/* A port that hangs up is let be until the next speed. */
	if (n <= 0) {
		ear->gone = true;
		loop_drop(ear->loop, fd);
	}
}

/* A USB modem's DTR says that somebody listens: most send nothing without. */
static bool
is_modem(const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) != NULL &&
	    strncmp(real, "/dev/ttyACM", 11) == 0;
}

/*
 * A gate or a lamp may hang on DTR or RTS, and Linux raises both when a port
 * is opened. So it is opened once for all speeds, they are lowered at once,
 * and stay as they are when it is closed.
 */
static void
open_ear(struct ears *ears, struct ear *ear, long baud)
{
	bool raise = ears->lines || is_modem(ear->info.name.path);
	struct settings settings = { .baud = baud, .bits = 8, .stop = 1,
		.dtr = raise, .rts = raise };
	struct device device = { .transport = TRANSPORT_SERIAL };
	struct err err = { .text = "" };

	ear->n = 0;
	if (ear->link.fd >= 0) {
		link_speed(&ear->link, baud);
	} else {
		strcpy(device.path, ear->info.name.path);
		if (link_open(&device, &settings, &ear->link, &err) < 0) {
			strcpy(ear->problem, err.text);
			return;
		}
		tty_keep_lines(ear->link.fd);
	}
	ear->loop = ears->loop;
	if (loop_watch(ears->loop, ear->link.fd, POLLIN, on_bytes, ear,
	    &err) < 0)
		strcpy(ear->problem, err.text);
}

static void
judge_ear(struct ears *ears, struct ear *ear, long baud)
{
	if (ear->link.fd < 0)
		return;
	loop_drop(ears->loop, ear->link.fd);
	ear->total += ear->n;
	ear->known = guess(baud, ear->heard, ear->n, &ear->guess);
	if (ear->known || ear->gone)
		link_close(&ear->link);
	ear->gone = false;
}

static void
on_time(void *arg)
{
	loop_stop(arg);
}

/* All ports at one speed, those that are known by now left alone. */
static int
hear(struct ears *ears, long baud, int64_t ms, struct err *err)
{
	for (size_t i = 0; i < ears->count; i++)
		if (!ears->all[i].known)
			open_ear(ears, &ears->all[i], baud);
	loop_at(ears->loop, loop_now_ms(ears->loop) + ms, on_time,
	    ears->loop);
	if (loop_run(ears->loop, err) < 0)
		return -1;
	for (size_t i = 0; i < ears->count; i++)
		if (!ears->all[i].known)
			judge_ear(ears, &ears->all[i], baud);
	return 0;
}

static void
print_ear(const struct ear *ear, FILE *out)
{
	char clean[128];

	text_clean(ear->info.words, strlen(ear->info.words), clean,
	    sizeof(clean) - 1);
	fprintf(out, "# %s  %s\n", ear->info.name.path, clean);
	if (ear->info.name.twin)
		fprintf(out, _("#   there is another like it: the name is that "
		    "of its socket\n"));
	if (ear->known)
		fprintf(out, "%s = { \"serial:%s,baud=%ld,protocol=%s\" }\n",
		    reader_role_word(ear->guess.role), ear->info.name.path,
		    ear->guess.baud, ear->guess.driver->name);
	else if (ear->problem[0] != '\0')
		fprintf(out, "#   %s\n", ear->problem);
	else if (ear->total > 0)
		fprintf(out, _("#   sent %zu bytes that no protocol knows\n"),
		    ear->total);
	else
		fprintf(out, _("#   silent; scan a code or stand before it, "
		    "or it waits to be asked\n"));
}

/* Those of this machine when none is named; returns their number. */
static size_t
look_up(const char *const *paths, size_t count,
    struct port_info found[PORTS_MAX])
{
	if (count == 0)
		return port_list(found, PORTS_MAX);
	if (count > PORTS_MAX)
		count = PORTS_MAX;
	for (size_t i = 0; i < count; i++)
		port_describe(paths[i], &found[i]);
	return count;
}

static struct ear *
make_ears(const char *const *paths, size_t *count)
{
	struct port_info found[PORTS_MAX];
	struct ear *all;

	*count = look_up(paths, *count, found);
	all = calloc(*count + 1, sizeof(*all));
	if (all == NULL)
		mem_none();
	for (size_t i = 0; i < *count; i++) {
		all[i].info = found[i];
		all[i].link.fd = -1;
	}
	return all;
}

int
reader_find(const char *const *paths, size_t count, long seconds, bool lines,
    FILE *out, struct err *err)
{
	struct ears ears = { .count = count, .lines = lines };
	int done = 0;

	ears.loop = loop_new(err);
	if (ears.loop == NULL)
		return -1;
	ears.all = make_ears(paths, &ears.count);
	for (size_t i = 0; i < nitems(speeds) && done == 0 && ears.count > 0;
	    i++)
		done = hear(&ears, speeds[i],
		    seconds * 1000 / (int64_t)nitems(speeds), err);
	for (size_t i = 0; i < ears.count; i++) {
		link_close(&ears.all[i].link);
		print_ear(&ears.all[i], out);
	}
	if (ears.count == 0)
		fprintf(out, _("# no serial ports\n"));
	if (count == 0 && camera_list(out) == 0)
		fprintf(out, _("# no cameras\n"));
	free(ears.all);
	loop_free(ears.loop);
	return done;
}

/* CH340, CP210x, FT232R, PL2303: relay boards and thermometers hide behind
 * them. */
static bool
is_converter(const char *id)
{
	static const char *const makers[] = { "1a86:", "10c4:", "0403:",
		"067b:" };

	for (size_t i = 0; i < nitems(makers); i++)
		if (strncmp(id, makers[i], strlen(makers[i])) == 0)
			return true;
	return false;
}

size_t
reader_ports(const char *const *paths, size_t count,
    struct reader_port_name ports[READER_PORTS_MAX])
{
	struct port_info found[PORTS_MAX];
	size_t n = look_up(paths, count, found);

	for (size_t i = 0; i < n; i++) {
		strcpy(ports[i].path, found[i].name.path);
		text_clean(found[i].words, strlen(found[i].words),
		    ports[i].words, sizeof(ports[i].words));
		ports[i].converter = is_converter(found[i].name.id);
	}
	return n;
}
