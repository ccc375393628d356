/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * camera - decode rate and cost of chot-camera's stages beside plain zbar.
 *
 * camera DIR [TEXT]: reads DIR/index.tsv (file, JSON list of expected texts),
 * every picture by itself, and prints one line a folder: pictures, read
 * by zbar alone, by chot-camera as a still picture and as video of at most
 * eight frames; texts that were not expected; milliseconds of processor time
 * a picture and a frame of video. With TEXT only pictures whose name holds
 * it, one line each.
 */
#include "../../src/reader/camera/stages.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS_MAX 64
#define VIDEO_FRAMES 8

struct tally {
	int read, wrong;
	double ms, worst_ms;
};

struct row {
	char name[128];
	int pictures, codes;
	double megapixels;
	int frames; /* of video */
	struct tally zbar, look, video;
};

static struct row rows[ROWS_MAX];
static size_t nrows;
static struct decoder *decoder;
static struct look *look;
static struct notes notes;
static struct grey *blank;

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct row *
row_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	size_t n = slash != NULL ? (size_t)(slash - file) : 0;

	for (size_t i = 0; i < nrows; i++)
		if (strlen(rows[i].name) == n &&
		    strncmp(rows[i].name, file, n) == 0)
			return &rows[i];
	if (nrows == ROWS_MAX)
		return &rows[ROWS_MAX - 1];
	snprintf(rows[nrows].name, sizeof(rows[nrows].name), "%.*s", (int)n,
	    file);
	return &rows[nrows++];
}

static bool
expected(const json_t *texts, const struct code *code)
{
	size_t i;
	json_t *text;

	json_array_foreach(texts, i, text)
		if (json_string_length(text) == code->len &&
		    memcmp(json_string_value(text), code->bytes,
		    code->len) == 0)
			return true;
	return false;
}

static int
count(struct tally *tally, const struct codes *codes, const json_t *texts,
    double ms)
{
	int good = 0;

	for (size_t i = 0; i < codes->count; i++) {
		if (expected(texts, &codes->code[i]))
			good++;
		else
			tally->wrong++;
	}
	tally->read += good;
	tally->ms += ms;
	if (ms > tally->worst_ms)
		tally->worst_ms = ms;
	return good;
}

static void
print_notes(void)
{
	static const char *const kinds[] = { "pass", "finder", "triple",
		"place", "read" };

	for (size_t i = 0; i < notes.count; i++) {
		const struct note *n = &notes.note[i];

		printf("  %s %s v%d %.2f", n->pass, kinds[n->kind],
		    n->version, (double)n->number);
		for (int k = 0; k < 4; k++)
			printf(" %.0f,%.0f", (double)n->x[k], (double)n->y[k]);
		printf("\n");
	}
}

/* The picture as a code held before the camera for eight frames. */
static void
measure_video(const struct grey *grey, const json_t *texts, struct row *row)
{
	static struct codes codes;
	const char *hint;
	struct err err;
	int good = 0;

	look_at(look, blank, false, &codes, &hint, &err);
	for (int i = 0; i < VIDEO_FRAMES && (good == 0 ||
	    json_array_size(texts) == 0); i++) {
		double before = cpu_ms();

		if (look_at(look, grey, false, &codes, &hint, &err) != 0)
			return;
		good = count(&row->video, &codes, texts, cpu_ms() - before);
		row->frames++;
	}
}

static void
measure(const char *dir, const char *file, const json_t *texts, bool each)
{
	static struct codes codes;
	struct row *row = row_of(file);
	const char *hint = NULL;
	char path[PATH_MAX];
	struct grey *grey;
	struct err err;
	double t0, t1, t2;
	int z, l;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	grey = picture_read(path, &err);
	if (grey == NULL) {
		fprintf(stderr, "%s: %s\n", file, err.text);
		return;
	}
	row->pictures++;
	row->codes += (int)json_array_size(texts);
	row->megapixels += grey->width * (double)grey->height / 1e6;
	decoder_fresh(decoder, &err);
	codes.count = 0;
	t0 = cpu_ms();
	decoder_scan(decoder, grey, 1, &codes, &err);
	t1 = cpu_ms();
	z = count(&row->zbar, &codes, texts, t1 - t0);
	notes.count = 0;
	t1 = cpu_ms();
	if (look_at(look, grey, true, &codes, &hint, &err) != 0)
		fprintf(stderr, "%s: %s\n", file, err.text);
	t2 = cpu_ms();
	l = count(&row->look, &codes, texts, t2 - t1);
	if (each)
		printf("%-36s %dx%d want %zu zbar %d chot %d by %s hint %s "
		    "%.1f ms\n", file, grey->width, grey->height,
		    json_array_size(texts), z, l, look_pass(look),
		    hint != NULL ? hint : "-", t2 - t1);
	measure_video(grey, texts, row);
	if (each && getenv("NOTES") != NULL)
		print_notes();
	grey_free(grey);
}

static void
print_row(const struct row *row)
{
	printf("%-24s %4d %4d %5d %5d %5d %5d %5d %8.2f %8.2f %8.2f %8.2f "
	    "%8.2f\n", row->name, row->pictures, row->codes, row->zbar.read,
	    row->look.read, row->video.read, row->zbar.wrong,
	    row->look.wrong + row->video.wrong,
	    row->zbar.ms / row->pictures, row->look.ms / row->pictures,
	    row->look.worst_ms, row->video.ms / row->frames,
	    row->video.worst_ms);
}

static void
sum(struct row *all, const struct row *row)
{
	all->pictures += row->pictures;
	all->codes += row->codes;
	all->zbar.read += row->zbar.read;
	all->zbar.wrong += row->zbar.wrong;
	all->zbar.ms += row->zbar.ms;
	all->look.read += row->look.read;
	all->look.wrong += row->look.wrong;
	all->look.ms += row->look.ms;
	all->frames += row->frames;
	all->video.read += row->video.read;
	all->video.wrong += row->video.wrong;
	all->video.ms += row->video.ms;
	if (row->video.worst_ms > all->video.worst_ms)
		all->video.worst_ms = row->video.worst_ms;
	if (row->look.worst_ms > all->look.worst_ms)
		all->look.worst_ms = row->look.worst_ms;
}

static void
print_rows(void)
{
	struct row all = { .name = "all" };

	printf("%-24s %4s %4s %5s %5s %5s %5s %5s %8s %8s %8s %8s %8s\n",
	    "folder", "n", "want", "zbar", "still", "video", "zbar-", "chot-",
	    "zbar ms", "still ms", "worst", "frame ms", "worst");
	for (size_t i = 0; i < nrows; i++) {
		print_row(&rows[i]);
		sum(&all, &rows[i]);
	}
	if (all.pictures > 0)
		print_row(&all);
}

int
main(int argc, char **argv)
{
	char path[PATH_MAX], line[16384];
	struct err err;
	FILE *in;

	if (argc < 2)
		return 64;
	snprintf(path, sizeof(path), "%s/index.tsv", argv[1]);
	in = fopen(path, "r");
	setlinebuf(stdout);
	decoder = decoder_new(&err);
	look = look_new(&err);
	blank = grey_new(64, 64, &err);
	if (look != NULL && argc > 2)
		look_note(look, &notes);
	if (in == NULL || decoder == NULL || look == NULL ||
	    blank == NULL) {
		perror(path);
		return 78;
	}
	while (fgets(line, sizeof(line), in) != NULL) {
		char *tab = strchr(line, '\t');
		json_t *texts = tab == NULL ? NULL :
		    json_loads(tab + 1, JSON_ALLOW_NUL, NULL);

		if (texts == NULL)
			continue;
		*tab = '\0';
		if (argc < 3 || strstr(line, argv[2]) != NULL)
			measure(argv[1], line, texts, argc > 2);
		json_decref(texts);
	}
	fclose(in);
	print_rows();
	grey_free(blank);
	look_free(look);
	decoder_free(decoder);
	return 0;
}
