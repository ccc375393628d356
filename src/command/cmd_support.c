/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot support - one file for the help desk: how the post is, how it is set
 * up, what it runs on and what its log says; no person and no secret.
 *
 * Nothing of the outbox or the register is opened but for its counts. What
 * might still hold more than it should, the log and the configuration, is
 * masked: long numbers, and what looks like a password.
 */
#include "parts.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "station.h"
#include "tar.h"

#define LOG_TAIL_MAX (256 * 1024)
#define LOG_FILE_MAX (64 << 20)
#define NUMBER_MAX 5 /* digits in a row: a person's number has 9 or 12 */

static const char options_help[] = N_(
    "  -c, --config FILE   the configuration\n"
    "  -o, --output FILE   the bundle, a tar file; - for standard output\n");

/* ---- masking ------------------------------------------------------------------- */

/* Where the value of something secret begins, or NULL. */
static const char *
secret_value(const char *text)
{
	static const char *const names[] = { "password", "passwd", "token",
		"secret", "apikey", "pin" };

	for (size_t i = 0; i < nitems(names); i++) {
		size_t n = strlen(names[i]);

		if (strncasecmp(text, names[i], n) == 0 &&
		    (text[n] == '=' || text[n] == ':'))
			return text + n + 1;
	}
	return NULL;
}

/* One line without the LF: cleaned, long numbers and secrets as #. */
static void
print_masked(FILE *out, const char *line, size_t n)
{
	char clean[4096];

	text_clean(line, n, clean, sizeof(clean));
	for (const char *c = clean; *c != '\0';) {
		const char *value = secret_value(c), *at = strstr(c, "://");
		size_t digits = strspn(c, "0123456789");

		if (strncmp(c, "exec:", 5) == 0) {
			/* The program; its arguments may be anything. */
			fprintf(out, "exec:%.*s ####", (int)strcspn(c + 5,
			    " \""), c + 5);
			break;
		}
		if (value != NULL) {
			fprintf(out, "%.*s####", (int)(value - c), c);
			c = value + strcspn(value, ",;&\" ");
		} else if (digits > NUMBER_MAX) {
			fputs("######", out);
			c += digits;
		} else if (digits > 0) {
			fprintf(out, "%.*s", (int)digits, c);
			c += digits;
		} else if (at == c &&
		    c[3 + strcspn(c + 3, "@/ \"")] == '@') {
			fputs("://####", out); /* user:password@ */
			c += 3 + strcspn(c + 3, "@/ \"");
		} else {
			fputc(*c++, out);
		}
	}
	fputc('\n', out);
}

static void
print_all_masked(FILE *out, const char *text, size_t n)
{
	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end != NULL ? (size_t)(end - text) - at : n - at;

		print_masked(out, text + at, len);
		at += len + 1;
	}
}

/* ---- the parts -------------------------------------------------------------------- */

static void
part_status(const struct conf *conf, FILE *out)
{
	station_status(conf, STATUS_TEXT, (int64_t)time(NULL), out);
}

static void
part_json(const struct conf *conf, FILE *out)
{
	station_status(conf, STATUS_JSON, (int64_t)time(NULL), out);
}

static void
part_configuration(const struct conf *conf, FILE *out)
{
	char *text = NULL;
	size_t n = 0;
	FILE *whole = mem_stream(&text, &n);

	conf_print(conf, whole);
	fclose(whole);
	print_all_masked(out, text, n);
	free(text);
}

static void
part_versions(const struct conf *conf, FILE *out)
{
	struct utsname name;
	char *text;
	size_t n;

	(void)conf;
	fprintf(out, "chot %s\n", PACKAGE_VERSION);
	if (uname(&name) == 0)
		fprintf(out, "%s %s %s %s\n", name.sysname, name.release,
		    name.version, name.machine);
	text = file_read("/etc/os-release", 16384, &n, NULL);
	if (text != NULL)
		print_all_masked(out, text, n);
	free(text);
}

/* Names below a directory, with what two of their files say. */
static void
list(FILE *out, const char *path, const char *const words[2])
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		fprintf(out, "%s/", path);
		for (const char *c = entry->d_name; *c != '\0'; c++)
			fputc(isgraph((unsigned char)*c) ? *c : '?', out);
		for (int i = 0; i < 2 && words[i] != NULL; i++) {
			char file[1024], *text;
			size_t n;

			snprintf(file, sizeof(file), "%s/%s/%s", path,
			    entry->d_name, words[i]);
			text = file_read(file, 4096, &n, NULL);
			if (text != NULL)
				fprintf(out, " %.*s", (int)strcspn(text,
				    "\n"), text);
			free(text);
		}
		fputc('\n', out);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
part_devices(const struct conf *conf, FILE *out)
{
	static const char *const usb[2] = { "idVendor", "idProduct" };
	static const char *const none[2] = { NULL, NULL };

	(void)conf;
	list(out, "/dev/serial/by-id", none);
	list(out, "/dev/v4l/by-id", none);
	list(out, "/sys/bus/usb/devices", usb);
}

static void
part_files(const struct conf *conf, FILE *out)
{
	DIR *dir = opendir(conf->state);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[CONF_PATH_MAX + 260], at[21];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", conf->state,
		    entry->d_name);
		if (entry->d_name[0] == '.' || lstat(path, &st) != 0)
			continue;
		time_print(st.st_mtime, at);
		fprintf(out, "%s %10" PRId64 " %04o ", at, (int64_t)st.st_size,
		    (unsigned)st.st_mode & 07777);
		print_masked(out, entry->d_name, strlen(entry->d_name));
	}
	if (dir != NULL)
		closedir(dir);
}

static void
part_log(const struct conf *conf, FILE *out)
{
	char path[CONF_PATH_MAX + 16], *text, *from;
	size_t n;

	snprintf(path, sizeof(path), "%s/station.log", conf->run);
	text = file_read(path, LOG_FILE_MAX, &n, NULL);
	if (text == NULL)
		return;
	from = text;
	if (n > LOG_TAIL_MAX) {
		from = memchr(text + n - LOG_TAIL_MAX, '\n', LOG_TAIL_MAX);
		from = from != NULL ? from + 1 : text + n;
	}
	print_all_masked(out, from, n - (size_t)(from - text));
	free(text);
}

static const struct {
	const char *name;
	void (*print)(const struct conf *conf, FILE *out);
} support_parts[] = {
	{ "status.txt", part_status },
	{ "status.json", part_json },
	{ "configuration.txt", part_configuration },
	{ "versions.txt", part_versions },
	{ "devices.txt", part_devices },
	{ "files.txt", part_files },
	{ "log.txt", part_log },
};

/* ---- the bundle ---------------------------------------------------------------------- */

/* All of it in memory, so that there is never half of one. free() it. */
static char *
bundle(const struct conf *conf, size_t *size)
{
	int64_t at = (int64_t)time(NULL);
	char *whole = NULL;
	FILE *out = mem_stream(&whole, size);

	for (size_t i = 0; i < nitems(support_parts); i++) {
		char *text = NULL, name[128];
		size_t n = 0;
		FILE *part = mem_stream(&text, &n);

		support_parts[i].print(conf, part);
		fclose(part);
		snprintf(name, sizeof(name), "chot-support/%s",
		    support_parts[i].name);
		tar_add(out, name, text, n, at);
		free(text);
	}
	tar_end(out);
	fclose(out);
	return whole;
}

/* A new file that only its owner reads: never over another one. */
static int
write_new(const char *path, const char *bytes, size_t n, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int why = 0;

	if (fd < 0)
		return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
	if (file_write_all(fd, bytes, n) < 0)
		why = errno;
	if (close(fd) != 0 && why == 0)
		why = errno;
	if (why == 0)
		return 0;
	unlink(path);
	return err_set(err, ERR_RETRY, "%s: %s", path, strerror(why));
}

static int
make_bundle(const struct conf *conf, const char *given, struct err *err)
{
	bool out = given != NULL && strcmp(given, "-") == 0;
	char path[CONF_PATH_MAX + 64], at[21];
	size_t n = 0;
	char *bytes = bundle(conf, &n);
	int result;

	time_print((int64_t)time(NULL), at);
	if (given != NULL)
		snprintf(path, sizeof(path), "%s", given);
	else
		snprintf(path, sizeof(path), "chot-support-%s-%.10s.tar",
		    conf->id, at);
	if (!out)
		result = write_new(path, bytes, n, err);
	else if ((result = file_write_all(STDOUT_FILENO, bytes, n)) < 0)
		err_set(err, ERR_RETRY, "%s", strerror(errno));
	free(bytes);
	if (result == 0 && !out)
		printf(_("%s: for the help desk; it names no person\n"), path);
	return result;
}

int
cmd_support(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct conf conf; /* large: its lanes */
	const char *path = NULL, *output = NULL;
	struct err err = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "c:o:h", options, NULL)) != -1) {
		if (c == 'h')
			return command_help("support", _(options_help));
		if (c == 'c')
			path = optarg;
		else if (c == 'o')
			output = optarg;
		else
			return command_usage("support", _("unknown option"));
	}
	if (optind < argc)
		return command_usage("support", _("too many arguments"));
	if (conf_load(path, &conf, &err) != 0 ||
	    make_bundle(&conf, output, &err) != 0)
		return command_fail(&err);
	return EX_OK;
}
