/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * camera - decode rate and cost of chot-camera beside its peers, in one run.
 *
 * camera [-dr] [-n N] [-s SEED] [-p NAME=PROGRAM]... [-v TEXT] [DIR]
 *
 * With DIR the pictures of DIR/index.tsv (file, JSON list of expected texts);
 * without it N frames of each kind that frames.c draws. Each is read by zbar
 * alone, by chot as a still picture and as video of at most 20 frames, and
 * by peers (peers.h). One line a group: codes there, codes read by each,
 * wrong texts of each, milliseconds of processor time a frame. -v: pictures
 * or kinds whose name holds TEXT, one line each; -w: write frames as PGM
 * that chot did not read; -r: each picture in its four turns;
 * -d: with the deadlines that the program has, and the worst frame beside
 * them.
 */
#include <getopt.h>
#include <iconv.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/reader/camera/stages.h"
#include "frames.h"
#include "peers.h"

#define ROWS_MAX 64
#define VIDEO_FRAMES 20
#define PEERS_MAX 4
#define FRAMES_EACH 10

enum { ZBAR, STILL, VIDEO, OTHERS, READERS_MAX = OTHERS + PEERS_MAX };

struct tally {
	int read, wrong, looks;
	double ms, worst_ms;
};

struct row {
	char name[128];
	int pictures, codes;
	struct tally tally[READERS_MAX];
};

struct texts {
	size_t count;
	const char *text[64];
	size_t len[64];
};

static struct bench {
	struct row rows[ROWS_MAX];
	size_t nrows;
	struct decoder *decoder;
	struct look *look;
	struct grey *blank;
	struct peer peers[PEERS_MAX];
	size_t npeers;
	const char *only, *write;
	int turns; /* each picture also turned by so many quarters */
	bool deadlines;
	struct codes codes;
} bench;

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* For the deadlines: on a machine that does other things as well the wall's
 * clock would measure these. */
static int64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct row *
row_of(const char *name, size_t n)
{
	for (size_t i = 0; i < bench.nrows; i++)
		if (strlen(bench.rows[i].name) == n &&
		    strncmp(bench.rows[i].name, name, n) == 0)
			return &bench.rows[i];
	if (bench.nrows == ROWS_MAX)
		return &bench.rows[ROWS_MAX - 1];
	snprintf(bench.rows[bench.nrows].name,
	    sizeof(bench.rows[bench.nrows].name), "%.*s", (int)n, name);
	return &bench.rows[bench.nrows++];
}

/* Bytes that are Shift JIS as the UTF-8 that the index has. */
static size_t
to_utf8(const struct code *code, char *out, size_t room)
{
	iconv_t how = iconv_open("UTF-8", "CP932");
	char *from = (char *)(uintptr_t)code->bytes, *to = out;
	size_t left = code->len, free_bytes = room;

	if (how == (iconv_t)-1)
		return 0;
	if (iconv(how, &from, &left, &to, &free_bytes) == (size_t)-1)
		free_bytes = room;
	iconv_close(how);
	return room - free_bytes;
}

/* The place in texts, or -1. */
static int
expected(const struct texts *texts, const struct code *code)
{
	static char utf8[3 * CODE_BYTES_MAX];
	size_t n = to_utf8(code, utf8, sizeof(utf8));

	for (size_t i = 0; i < texts->count; i++)
		if (n > 0 && texts->len[i] == n &&
		    memcmp(texts->text[i], utf8, n) == 0)
			return (int)i;
	for (size_t i = 0; i < texts->count; i++)
		if (texts->len[i] == code->len && memcmp(texts->text[i],
		    code->bytes, code->len) == 0)
			return (int)i;
	return -1;
}

/* seen: texts that were read, of which each counts once. */
static int
count(struct tally *tally, const struct texts *texts, bool seen[], double ms)
{
	int good = 0;

	for (size_t i = 0; i < bench.codes.count; i++) {
		int at = expected(texts, &bench.codes.code[i]);

		if (at < 0) {
			tally->wrong++;
		} else if (!seen[at]) {
			seen[at] = true;
			good++;
		}
	}
	tally->read += good;
	tally->looks++;
	tally->ms += ms;
	if (ms > tally->worst_ms)
		tally->worst_ms = ms;
	return good;
}

static int
look_still(const struct grey *grey, const struct texts *texts,
    struct tally *tally)
{
	bool seen[nitems(texts->text)] = { false };
	const char *hint;
	struct err err;
	double before = cpu_ms();

	if (look_at(bench.look, grey, true, &bench.codes, &hint, &err) != 0)
		fprintf(stderr, "%s\n", err.text);
	return count(tally, texts, seen, cpu_ms() - before);
}

/* The picture as codes held before the camera, until all of them are read. */
static int
look_video(const struct grey *grey, const struct texts *texts,
    struct tally *tally)
{
	bool seen[nitems(texts->text)] = { false };
	const char *hint;
	struct err err;
	int good = 0;

	look_at(bench.look, bench.blank, false, &bench.codes, &hint, &err);
	for (int i = 0; i < VIDEO_FRAMES && (good < (int)texts->count ||
	    texts->count == 0); i++) {
		double before = cpu_ms();

		if (look_at(bench.look, grey, false, &bench.codes, &hint,
		    &err) != 0)
			return 0;
		good += count(tally, texts, seen, cpu_ms() - before);
	}
	return good;
}

static int
look_zbar(const struct grey *grey, const struct texts *texts,
    struct tally *tally)
{
	bool seen[nitems(texts->text)] = { false };
	struct err err;
	double before;

	decoder_fresh(bench.decoder, &err);
	bench.codes.count = 0;
	before = cpu_ms();
	decoder_scan(bench.decoder, grey, 1, &bench.codes, &err);
	return count(tally, texts, seen, cpu_ms() - before);
}

static void
write_missed(const char *name, const struct grey *grey)
{
	char path[PATH_MAX];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s.pgm", bench.write, name);
	for (char *p = path + strlen(bench.write) + 1; *p != '\0'; p++)
		if (*p == '/' || *p == ' ')
			*p = '-';
	out = fopen(path, "w");
	if (out == NULL)
		return;
	fprintf(out, "P5\n%d %d\n255\n", grey->width, grey->height);
	fwrite(grey->pixels, (size_t)grey->width, (size_t)grey->height, out);
	fclose(out);
}

static void
measure(struct row *row, const char *name, const struct grey *grey,
    const struct texts *texts)
{
	int got[READERS_MAX], best = 0;
	const char *pass;
	double ms;

	row->pictures++;
	row->codes += (int)texts->count;
	got[ZBAR] = look_zbar(grey, texts, &row->tally[ZBAR]);
	ms = row->tally[STILL].ms;
	got[STILL] = look_still(grey, texts, &row->tally[STILL]);
	pass = look_pass(bench.look);
	ms = row->tally[STILL].ms - ms;
	got[VIDEO] = look_video(grey, texts, &row->tally[VIDEO]);
	best = got[ZBAR];
	for (size_t i = 0; i < bench.npeers; i++) {
		bool seen[nitems(texts->text)] = { false };
		double peer_ms;

		got[OTHERS + i] = 0;
		if (bench.peers[i].name == NULL || !peer_read(&bench.peers[i],
		    grey, &bench.codes, &peer_ms))
			continue;
		got[OTHERS + i] = count(&row->tally[OTHERS + i], texts,
		    seen, peer_ms);
		if (got[OTHERS + i] > best)
			best = got[OTHERS + i];
	}
	if (bench.only != NULL) {
		printf("%-36s %dx%d codes %zu read", name, grey->width,
		    grey->height, texts->count);
		for (size_t i = 0; i < OTHERS + bench.npeers; i++)
			printf(" %d", got[i]);
		printf(" pass %s %.1f ms%s\n", pass, ms,
		    best > got[STILL] ? " MISSED" : "");
	}
	if (bench.write != NULL && got[STILL] < (int)texts->count)
		write_missed(name, grey);
}

static const char *
reader_name(size_t i)
{
	static const char *const own[] = { "zbar", "still", "video" };

	return i < OTHERS ? own[i] : bench.peers[i - OTHERS].name != NULL ?
	    bench.peers[i - OTHERS].name : "-";
}

static void
print_row(const struct row *row)
{
	size_t n = OTHERS + bench.npeers;

	printf("%-22s %4d", row->name, row->codes);
	for (size_t i = 0; i < n; i++)
		printf(" %6d", row->tally[i].read);
	printf(" |");
	for (size_t i = 0; i < n; i++)
		printf(" %3d", row->tally[i].wrong);
	printf(" |");
	for (size_t i = 0; i < n; i++)
		printf(" %6.2f", row->tally[i].looks == 0 ? 0 :
		    row->tally[i].ms / row->tally[i].looks);
	printf(" | %6.1f %6.1f\n", row->tally[STILL].worst_ms,
	    row->tally[VIDEO].worst_ms);
}

static void
sum(struct row *all, const struct row *row)
{
	all->pictures += row->pictures;
	all->codes += row->codes;
	for (size_t i = 0; i < READERS_MAX; i++) {
		struct tally *to = &all->tally[i];

		to->read += row->tally[i].read;
		to->wrong += row->tally[i].wrong;
		to->looks += row->tally[i].looks;
		to->ms += row->tally[i].ms;
		if (row->tally[i].worst_ms > to->worst_ms)
			to->worst_ms = row->tally[i].worst_ms;
	}
}

static void
print_rows(void)
{
	struct row all = { .name = "all" };
	size_t n = OTHERS + bench.npeers;

	printf("%-22s %4s", "codes read, wrong, ms", "of");
	for (size_t i = 0; i < n; i++)
		printf(" %6.6s", reader_name(i));
	printf(" | %*s |", (int)(4 * n - 1), "wrong");
	for (size_t i = 0; i < n; i++)
		printf(" %6.6s", reader_name(i));
	printf(" | worst: still, video\n");
	for (size_t i = 0; i < bench.nrows; i++) {
		print_row(&bench.rows[i]);
		sum(&all, &bench.rows[i]);
	}
	print_row(&all);
	if (bench.deadlines)
		printf("worst frame: picture %.0f ms of %d, video %.0f ms of "
		    "%d\n", all.tally[STILL].worst_ms, LOOK_STILL_MS,
		    all.tally[VIDEO].worst_ms, LOOK_VIDEO_MS);
}

/* Strings in braces hold an equals sign: what is borrowed ends with json. */
static struct texts
texts_of(const json_t *list)
{
	struct texts texts = { .count = 0 };
	json_t *text;
	size_t i;

	json_array_foreach(list, i, text)
		if (texts.count < nitems(texts.text)) {
			texts.text[texts.count] = json_string_value(text);
			texts.len[texts.count++] = json_string_length(text);
		}
	return texts;
}

static struct grey *
quarter_turn(const struct grey *grey)
{
	struct err err;
	struct grey *to = grey_new(grey->height, grey->width, &err);

	for (int y = 0; to != NULL && y < to->height; y++)
		for (int x = 0; x < to->width; x++)
			to->pixels[y * to->width + x] = grey->pixels[
			    (grey->height - 1 - x) * grey->width + y];
	return to;
}

static void
measure_file(const char *dir, const char *file, const json_t *list)
{
	const char *slash = strrchr(file, '/');
	struct texts texts = texts_of(list);
	char path[PATH_MAX];
	struct grey *grey;
	struct err err;

	if (bench.only != NULL && strstr(file, bench.only) == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	grey = picture_read(path, &err);
	if (grey == NULL) {
		fprintf(stderr, "%s: %s\n", file, err.text);
		return;
	}
	for (int i = 0; grey != NULL; i++) {
		struct grey *next = i < bench.turns ? quarter_turn(grey) : NULL;

		measure(row_of(file, slash != NULL ? (size_t)(slash - file) :
		    0), file, grey, &texts);
		grey_free(grey);
		grey = next;
	}
}

static int
run_folder(const char *dir)
{
	char path[PATH_MAX], line[16384];
	FILE *in;

	snprintf(path, sizeof(path), "%s/index.tsv", dir);
	in = fopen(path, "r");
	if (in == NULL) {
		perror(path);
		return 66;
	}
	while (fgets(line, sizeof(line), in) != NULL) {
		char *tab = strchr(line, '\t');
		json_t *list = tab == NULL ? NULL :
		    json_loads(tab + 1, JSON_ALLOW_NUL, NULL);

		if (list == NULL)
			continue;
		*tab = '\0';
		measure_file(dir, line, list);
		json_decref(list);
	}
	fclose(in);
	return 0;
}

static int
run_frames(int each, unsigned seed)
{
	static struct frame_made made;
	const char *kind;
	struct err err;

	for (int k = 0; (kind = frames_kind(k)) != NULL; k++) {
		if (bench.only != NULL && strstr(kind, bench.only) == NULL)
			continue;
		for (int i = 0; i < each; i++) {
			struct texts texts = { .count = 0 };
			char name[96];

			if (frames_make(k, seed + (unsigned)i, &made,
			    &err) != 0) {
				fprintf(stderr, "%s: no frame\n", kind);
				return 70;
			}
			for (; texts.count < made.ntexts; texts.count++) {
				texts.text[texts.count] =
				    made.text[texts.count];
				texts.len[texts.count] =
				    strlen(made.text[texts.count]);
			}
			snprintf(name, sizeof(name), "%s %u", kind,
			    seed + (unsigned)i);
			measure(row_of(kind, strlen(kind)), name, made.grey,
			    &texts);
			grey_free(made.grey);
		}
	}
	return 0;
}

static void
add_peer(char *text)
{
	char *program = strchr(text, '=');

	if (program == NULL || bench.npeers == PEERS_MAX)
		return;
	*program++ = '\0';
	if (peer_start(&bench.peers[bench.npeers], text, program))
		bench.npeers++;
	else
		printf("%s is not here\n", text);
}

int
main(int argc, char **argv)
{
	int c, each = FRAMES_EACH, got;
	unsigned seed = 1;
	struct err err;

	setlinebuf(stdout);
	while ((c = getopt(argc, argv, "dn:s:p:rv:w:")) != -1)
		switch (c) {
		case 'n': each = atoi(optarg); break;
		case 's': seed = (unsigned)atoi(optarg); break;
		case 'p': add_peer(optarg); break;
		case 'd': bench.deadlines = true; break;
		case 'r': bench.turns = 3; break;
		case 'v': bench.only = optarg; break;
		case 'w': bench.write = optarg; break;
		default: return 64;
		}
	bench.decoder = decoder_new(&err);
	bench.look = look_new(&err);
	if (bench.deadlines && bench.look != NULL)
		look_clock(bench.look, clock_us);
	bench.blank = grey_new(64, 64, &err);
	if (bench.decoder == NULL || bench.look == NULL || bench.blank == NULL)
		return 71;
	got = optind < argc ? run_folder(argv[optind]) :
	    run_frames(each, seed);
	if (got == 0)
		print_rows();
	for (size_t i = 0; i < bench.npeers; i++)
		peer_end(&bench.peers[i]);
	grey_free(bench.blank);
	look_free(bench.look);
	decoder_free(bench.decoder);
	return got;
}
