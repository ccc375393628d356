/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured - from what a sensor says to a settled measurement. Part of parts.h.
 */
#ifndef READER_MEASURED_H
#define READER_MEASURED_H

/* ---- emissivity: what a sensor reckons with ----------------------------------------------------------------- */

/* That the options fit each other and the driver. */
int emissivity_check(const struct settings *settings, struct err *err);

/* What a sensor set to `sensor` would have said, set to `emissivity`; both in
 * thousandths. False: the room cannot be that warm. */
bool emissivity_reckon(int32_t object_mc, int32_t ambient_mc, int emissivity,
    int sensor, int32_t *value_mc);

/* A sensor that is set, and asked whether it is, before it measures. */
struct teach {
	enum { TEACH_DONE, TEACH_ASK, TEACH_TELL } state;
	bool asked;     /* its answer is what comes next */
	unsigned tells;
	size_t n;
	unsigned char bytes[QUERY_MAX];
};

enum taught {
	TAUGHT_NOTHING, /* to be told of */
	TAUGHT_REFUSED, /* it keeps another one */
	TAUGHT_DAMAGED,
};

void teach_start(struct teach *t, const struct settings *settings);
/* The next thing to send to it; returns the length. */
size_t teach_make(struct teach *t, const struct settings *settings,
    unsigned char out[QUERY_MAX]);
enum taught teach_take(struct teach *t, const struct settings *settings,
    const unsigned char *bytes, size_t n);

/* ---- testlearn: the same, of a thermometer that is not there ------------------------------------------------- */

struct lesson {
	int emissivity; /* thousandths */
	bool learnt;    /* the last answer was to being told */
	size_t nanswer;
	unsigned char answer[8];
};

/* 1 with an answer; 0: it may become a question; -1: it is none. */
int testlearn_optris(struct lesson *l, const unsigned char *bytes, size_t n);
int testlearn_modbus(struct lesson *l, const unsigned char *bytes, size_t n);
void testlearn_crc(unsigned char *out, size_t n); /* behind n bytes */

/* ---- measure: samples to one settled measurement ----------------------------------------------------------- */

#define MEASURE_SAMPLES 10

/* How a result comes of a raw value; emissivities in thousandths. */
struct reckoning {
	int32_t offset_mc;
	int emissivity; /* 0: none was told */
	int sensor;     /* what the sensor is set to, where it is not that */
};

enum measure_state { MEASURE_AWAY, MEASURE_SETTLING, MEASURE_COLLECTING,
	MEASURE_DONE };

struct measure {
	struct reckoning reckoning;
	enum measure_state state;
	int64_t since_ms;  /* when the state began */
	int64_t out_ms;    /* since when the signal is out of range; -1: in */
	int64_t last_ms;   /* of the last sample */
	int nsamples, nambient;
	int32_t samples[MEASURE_SAMPLES], ambient[MEASURE_SAMPLES];
};

void measure_init(struct measure *m, const struct reckoning *reckoning);
/* True with *temp filled: a measurement is done. */
bool measure_sample(struct measure *m, int32_t value_mc,
    const int32_t *ambient_mc, int64_t now_ms, struct event_temp *temp);
bool measure_tick(struct measure *m, int64_t now_ms,
    struct event_temp *temp);
int64_t measure_deadline(const struct measure *m); /* -1: none */
/* One reading that is a measurement by itself. */
void measure_single(int32_t value_mc, const int32_t *ambient_mc,
    const struct reckoning *reckoning, struct event_temp *temp);

#endif
