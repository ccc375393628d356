/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench shift - the whole station as an officer meets it: a real chot on an
 * 80x24 pty, two scanners and two thermometers on ptys, 40 rules, a register
 * of a million rows and an outbox of a million records that wait.
 *
 * Beside it a post of which nothing waits, scanned at in turn: a queue may
 * cost nothing before the verdict.
 *
 * Measured from outside: the last byte of a 150-byte scan is written to the
 * scanner's pty; a terminal emulator (libvterm) is fed what the station
 * writes until the person's number and the verdict stand on its screen.
 * Then the processor time of everything while nobody comes, the private
 * memory of each process from /proc, and how long a locked post keeps its
 * officer: from the last digit of the PIN to the page that works.
 *
 *   bench/shift CHOT [ROWS [RECORDS [SCANS]]]
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "../tools/careless.h"
#include "outbox.h"

#define RULES 40
#define COLS 80
#define ROWS 24
#define IDLE_S 20
#define UNLOCKS 20
#define PIN "270451"
#define CAREFUL 2000 /* records, of those that are there before */

struct bench {
	const char *chot;
	char dir[64];
	int devices[4]; /* masters: scanner 1, 2, thermometer 1, 2 */
	pid_t station;
	int screen;     /* master of its terminal */
	VTerm *vt;
	VTermScreen *cells;
};

static void
fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
run(const char *format, const char *a, const char *b, const char *c)
{
	char command[1024];

	snprintf(command, sizeof(command), format, a, b, c);
	if (system(command) != 0)
		fail(command);
}

/* ---- the post ------------------------------------------------------------------- */

static void
write_pack(const struct bench *b)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/pack.conf", b->dir);
	f = fopen(path, "w");
	if (f == NULL)
		fail(path);
	fprintf(f, "version = \"bench\"  effective = \"2021-01-01T00:00Z\""
	    "  needs_facts = 1\nneeds = { \"identity\" }\n"
	    "set \"limit\" { value = 37.5 }\n"
	    "rule \"f0\" { verdict = \"stop\"  when = \"status = 'F0'\""
	    "  reason = \"x\" }\n"
	    "rule \"none\" { verdict = \"check\"  when = \"declaration ="
	    " 'none'\"  reason = \"x\" }\n");
	for (int i = 2; i < RULES; i++)
		fprintf(f, "rule \"rule-%d\" { verdict = \"check\"  when ="
		    " \"coalesce(temperature > :limit + %d, 0) OR"
		    " (coalesce(origin_zone, 0) = 9 AND id_kind = 'mrz%d')\""
		    "  reason = \"x\" }\n", i, i, i);
	fprintf(f, "otherwise = \"pass\"\n");
	fclose(f);
}

static void
write_conf(const struct bench *b)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/chot.conf", b->dir);
	f = fopen(path, "w");
	if (f == NULL)
		fail(path);
	fprintf(f, "station { id = \"ST-BENCH\" name = \"Bench\" language = \"en\" }\n"
	    "policy = \"%s/pack.conf\"\nstate = \"%s/state\"\nrun = \"%s/run\"\n"
	    "lane \"1\" {\n  scanner = { \"serial:%s/dev0\", \"serial:%s/dev1\" }\n"
	    "  thermometer = { \"serial:%s/dev2,protocol=gy-mcu90614\","
	    " \"serial:%s/dev3,protocol=gy-mcu90614\" }\n}\n",
	    b->dir, b->dir, b->dir, b->dir, b->dir, b->dir, b->dir);
	fclose(f);
}

static void
fill_register(const struct bench *b, long rows)
{
	char path[PATH_MAX];
	FILE *f;
	double start = now_ms();

	snprintf(path, sizeof(path), "%s/declarations.csv", b->dir);
	f = fopen(path, "w");
	if (f == NULL)
		fail(path);
	fprintf(f, "id,declared_at\n");
	for (long i = 0; i < rows; i++)
		fprintf(f, "094300%06ld,2021-10-22T06:00+07:00\n", i);
	fclose(f);
	snprintf(path, sizeof(path), "%s/statuses.csv", b->dir);
	f = fopen(path, "w");
	if (f == NULL)
		fail(path);
	fprintf(f, "id,status,since,ends,source\n"
	    "001085012345,F0,2021-10-01,2021-12-01,test\n");
	fclose(f);
	run("'%s' register import -c '%s/chot.conf' '%s/declarations.csv' >/dev/null", b->chot, b->dir, b->dir);
	run("'%s' register import -c '%s/chot.conf' '%s/statuses.csv' >/dev/null", b->chot, b->dir, b->dir);
	printf("%-44s %10.0f ms\n", "register import", now_ms() - start);
}

static void
fill_outbox(const struct bench *b, long records)
{
	char path[PATH_MAX], seal[PATH_MAX], body[700];
	struct outbox_id id;
	struct err err = { 0 };
	struct outbox *box;
	double start = now_ms(), each = 0;

	snprintf(path, sizeof(path), "%s/state/outbox.db", b->dir);
	snprintf(seal, sizeof(seal), "%s/state/keys/site.pub", b->dir);
	box = outbox_open(path, OUTBOX_WRITE, "ST-BENCH", seal, &err);
	if (box == NULL) {
		fprintf(stderr, "bench: %s\n", err.text);
		exit(1);
	}
	memset(body, 'x', sizeof(body));
	memcpy(body, "{\"x\":\"", 6);
	memcpy(body + sizeof(body) - 3, "\"}", 3);
	for (long i = 1; i <= records; i++) {
		if (outbox_put(box, 1, i, body, 1634886000, &id, &err) != 0) {
			fprintf(stderr, "bench: %s\n", err.text);
			exit(1);
		}
		if (i == CAREFUL || i == records)
			careless_set(i < records);
		if (each == 0 && (i == CAREFUL || i == records))
			each = (now_ms() - start) / (double)i;
	}
	outbox_close(box);
	printf("%-44s %10.3f ms\n", "outbox put, each", each);
}

static void
make_post(struct bench *b, long rows, long records)
{
	char path[PATH_MAX];

	snprintf(b->dir, sizeof(b->dir), "/tmp/chot-bench-XXXXXX");
	if (mkdtemp(b->dir) == NULL)
		fail(b->dir);
	run("mkdir -p '%s/state/keys' '%s/run'%s", b->dir, b->dir, "");
	for (int i = 0; i < 4; i++) {
		struct termios raw;

		b->devices[i] = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (b->devices[i] < 0 || grantpt(b->devices[i]) != 0 ||
		    unlockpt(b->devices[i]) != 0)
			fail("pty");
		tcgetattr(b->devices[i], &raw);
		cfmakeraw(&raw);
		tcsetattr(b->devices[i], TCSANOW, &raw);
		snprintf(path, sizeof(path), "%s/dev%d", b->dir, i);
		if (symlink(ptsname(b->devices[i]), path) != 0)
			fail(path);
	}
	write_pack(b);
	write_conf(b);
	run("'%s' key seal '%s/state/keys/site' >/dev/null%s", b->chot, b->dir, "");
	fill_register(b, rows);
	fill_outbox(b, records);
}

/* ---- its terminal ------------------------------------------------------------------- */

static bool
row_has(struct bench *b, const char *text)
{
	for (int y = 0; y < ROWS; y++) {
		char line[COLS * 6 + 1];
		size_t n = vterm_screen_get_text(b->cells, line, sizeof(line) - 1,
		    (VTermRect){ y, y + 1, 0, COLS });

		line[n] = '\0';
		for (size_t i = 0; i < n; i++)
			if (line[i] == '\0')
				line[i] = ' ';
		if (strstr(line, text) != NULL)
			return true;
	}
	return false;
}

static bool
feed(struct bench *b, int wait_ms)
{
	char bytes[65536];
	struct pollfd p = { .fd = b->screen, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return false;
	n = read(b->screen, bytes, sizeof(bytes));
	if (n <= 0)
		return false;
	vterm_input_write(b->vt, bytes, (size_t)n);
	return true;
}

static double
wait_for(struct bench *b, const char *one, const char *two, double start)
{
	while (!(row_has(b, one) && row_has(b, two))) {
		if (now_ms() - start > 5000) {
			fprintf(stderr, "bench: \"%s\" did not appear\n", one);
			for (int y = 0; y < ROWS; y++) {
				char line[COLS * 6 + 1];
				size_t n = vterm_screen_get_text(b->cells, line,
				    sizeof(line), (VTermRect){ y, y + 1, 0, COLS });

				fprintf(stderr, "|%.*s\n", (int)n, line);
			}
			kill(b->station, SIGTERM);
			exit(1);
		}
		feed(b, 100);
	}
	return now_ms() - start;
}

static void
start(struct bench *b, const char *first)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = COLS };
	char conf[PATH_MAX];
	double begun;

	snprintf(conf, sizeof(conf), "%s/chot.conf", b->dir);
	b->vt = vterm_new(ROWS, COLS);
	vterm_set_utf8(b->vt, 1);
	b->cells = vterm_obtain_screen(b->vt);
	vterm_screen_reset(b->cells, 1);
	begun = now_ms();
	b->station = forkpty(&b->screen, NULL, NULL, &size);
	if (b->station < 0)
		fail("forkpty");
	if (b->station == 0) {
		setenv("TERM", "xterm", 1);
		setenv("LANG", "C.UTF-8", 1);
		unsetenv("LANGUAGE");
		execl(b->chot, "chot", "-c", conf, (char *)NULL);
		_exit(127);
	}
	printf("%-44s %10.1f ms   (limit 100)\n", "start to first screen",
	    wait_for(b, "ST-BENCH", first, begun));
}

/* ---- measuring ------------------------------------------------------------------------- */

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
scan(struct bench *b, int i)
{
	char card[256], number[24];
	int serial = 1000 + i * 7;
	size_t len;
	double ms;

	while (feed(b, 0))
		;
	snprintf(card, sizeof(card), "094300%06d|365%06d|Nguyễn Thị Mẫu|"
	    "15032000|Nữ|Ấp Mẫu Số Mười Hai, Xã Thử Nghiệm, Huyện Mỹ"
	    " Xuyên, Sóc Trăng|10052021\r", serial, serial);
	snprintf(number, sizeof(number), "094 300 %03d %03d", serial / 1000,
	    serial % 1000);
	len = strlen(card);
	if (write(b->devices[i % 2], card, len) != (ssize_t)len)
		fail("scan");
	/* The caption of CHECK is fine too: this clock is unconfirmed or the
	 * declaration old; what counts is a verdict. */
	ms = wait_for(b, number, "Enter ", now_ms());
	while (feed(b, 15))
		;
	if (write(b->screen, "c", 1) < 0)
		fail("key");
	while (feed(b, 60))
		;
	return ms;
}

static void
print_scans(const char *what, double *ms, int n)
{
	qsort(ms, (size_t)n, sizeof(*ms), ascending);
	printf("scan to verdict drawn, %-21s median %6.2f, p99 %6.2f, worst "
	    "%6.2f ms\n", what, ms[n / 2], ms[n * 99 / 100], ms[n - 1]);
}

/* One and the other in turn, so that whatever else this machine does falls on
 * both. */
static void
scans(struct bench *loaded, struct bench *empty, int n)
{
	double *with = calloc((size_t)n, sizeof(*with));
	double *without = calloc((size_t)n, sizeof(*without));

	if (with == NULL || without == NULL)
		fail("memory");
	for (int i = 0; i < n; i++) {
		with[i] = scan(loaded, i);
		without[i] = scan(empty, i);
	}
	print_scans("the queue full:", with, n);
	print_scans("nothing waiting:", without, n);
	printf("%-44s %10.2f\n", "median with the queue, of that without",
	    with[n / 2] / without[n / 2]);
	printf("%-44s %10.2f\n", "p99 with the queue, of that without",
	    with[n * 99 / 100] / without[n * 99 / 100]);
	printf("%-44s %10.2f ms   (limit 20)\n", "scan to verdict drawn, p99",
	    with[n * 99 / 100]);
	free(with);
	free(without);
}

static void
each_process(const struct bench *b, void (*fn)(pid_t pid, const char *command,
    void *arg), void *arg)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[64], line[512] = "";
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10), parent = 0;
		FILE *f;
		size_t n;

		if (pid <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		f = fopen(path, "r");
		if (f == NULL)
			continue;
		if (fscanf(f, "%*d (%*[^)]) %*c %d", &parent) != 1)
			parent = 0;
		fclose(f);
		if (pid != b->station && parent != b->station)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
		f = fopen(path, "r");
		n = f != NULL ? fread(line, 1, sizeof(line) - 1, f) : 0;
		if (f != NULL)
			fclose(f);
		for (size_t i = 0; i + 1 < n; i++)
			if (line[i] == '\0')
				line[i] = ' ';
		fn(pid, line, arg);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
add_ticks(pid_t pid, const char *command, void *arg)
{
	char path[64];
	unsigned long user = 0, system_ = 0;
	FILE *f;

	(void)command;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return;
	if (fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
	    " %lu %lu", &user, &system_) == 2)
		*(unsigned long *)arg += user + system_;
	fclose(f);
}

static void
print_memory(pid_t pid, const char *command, void *arg)
{
	char path[64], line[256], label[64];
	long kb, total = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Private_%*[^:]: %ld", &kb) == 1)
			total += kb;
	if (f != NULL)
		fclose(f);
	snprintf(label, sizeof(label), "private memory: %.26s",
	    pid == *(pid_t *)arg ? "station" : strchr(command, ' ') != NULL ?
	    strchr(command, ' ') + 1 : command);
	printf("%-44s %10ld kB   (limit %s)\n", label, total,
	    pid == *(pid_t *)arg ? "8192" : "2048 for a reader");
}

/* Both thermometers stream the room at 14 Hz meanwhile. */
static void
idle(struct bench *b)
{
	static const unsigned char room[] = { 0x5a, 0x5a, 0x45, 0x04, 0x0a,
		0xb4, 0x0a, 0xfa, 0xbf };
	unsigned long before = 0, after = 0;
	double begun = now_ms();

	each_process(b, add_ticks, &before);
	while (now_ms() - begun < IDLE_S * 1000) {
		for (int i = 2; i < 4; i++)
			if (write(b->devices[i], room, sizeof(room)) < 0 &&
			    errno != EAGAIN)
				fail("thermometer");
		for (double until = now_ms() + 71; now_ms() < until;)
			feed(b, 20);
	}
	each_process(b, add_ticks, &after);
	printf("%-44s %10.2f %%    (limit 1)\n", "idle: processor time, all processes",
	    100.0 * (double)(after - before) /
	    (double)sysconf(_SC_CLK_TCK) / IDLE_S);
}

static void
end(struct bench *b)
{
	kill(b->station, SIGTERM);
	waitpid(b->station, NULL, 0);
	run("rm -rf '%s'%s%s", b->dir, "", "");
}

/* ---- unlocking ------------------------------------------------------------------------- */

/* As a hand does: what came within 40 ms would be a scanner's. */
static void
press(struct bench *b, char key)
{
	if (write(b->screen, &key, 1) != 1)
		fail("key");
	for (double until = now_ms() + 60; now_ms() < until;)
		feed(b, 10);
}

static double
type_pin(struct bench *b)
{
	double last = 0;

	wait_for(b, "PIN of An", "then Enter", now_ms());
	for (const char *digit = PIN; *digit != '\0'; digit++) {
		last = now_ms();
		press(b, *digit);
	}
	press(b, '\r');
	return wait_for(b, "READY", "Shift 1: An", last);
}

static void
unlocks(const char *chot)
{
	struct bench b = { .chot = chot };
	double worst = 0;

	make_post(&b, 1000, 0);
	run("{ echo id,name,role,pin; printf 'CB-01,An,officer,';"
	    " echo " PIN " | '%s' key pin; } >'%s/officers.csv'%s", chot,
	    b.dir, "");
	run("'%s' register import -c '%s/chot.conf' '%s/officers.csv'"
	    " >/dev/null", chot, b.dir, b.dir);
	start(&b, "1  An, officer");
	press(&b, '1');
	type_pin(&b);
	for (int i = 0; i < UNLOCKS; i++) {
		double ms;

		press(&b, 'z');
		ms = type_pin(&b);
		worst = ms > worst ? ms : worst;
	}
	printf("%-44s %10.1f ms   (limit 3000; the worst of %d)\n",
	    "last digit of the PIN to the unlocked page", worst, UNLOCKS);
	end(&b);
}

int
main(int argc, char **argv)
{
	struct bench b = { .chot = argc > 1 ? argv[1] : "./chot" };
	struct bench empty = b;
	long rows = argc > 2 ? strtol(argv[2], NULL, 10) : 1000000;
	long records = argc > 3 ? strtol(argv[3], NULL, 10) : 1000000;
	int n = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 300;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("bench shift: %d rules, %ld register rows, %ld records, %d scans\n",
	    RULES, rows, records, n);
	make_post(&b, rows, records);
	make_post(&empty, rows, 0);
	start(&b, "READY");
	start(&empty, "READY");
	for (double until = now_ms() + 2000; now_ms() < until;)
		feed(&b, 50); /* the readers have opened their ports by then */
	scans(&b, &empty, n);
	end(&empty);
	idle(&b);
	each_process(&b, print_memory, &b.station);
	end(&b);
	unlocks(b.chot);
	return 0;
}
