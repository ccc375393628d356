/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recognisers that rows of drivers[] name: each tells whether a good
 * frame of its protocol starts at bytes (take_fn in parts.h).
 */
#ifndef READER_PACKETS_H
#define READER_PACKETS_H

#include "parts.h"

/* take_gy.c: frames with a header and a sum */
int take_gy_mcu(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_cjmcu(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_gy_614v(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_tn9(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_rqvk002(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);

/* take_query.c: answers to a question */
int take_gd60914(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
size_t query_gd60914(const struct settings *settings,
    unsigned char out[QUERY_MAX]);
int take_haiman(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_htpa(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_optris(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
size_t query_optris(const struct settings *settings,
    unsigned char out[QUERY_MAX]);
size_t emissivity_to_optris(const struct settings *settings, bool set,
    unsigned char out[QUERY_MAX]);
int emissivity_of_optris(const struct settings *settings,
    const unsigned char *bytes, size_t n, long *thousandths);
int take_modbus(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
size_t query_modbus(const struct settings *settings,
    unsigned char out[QUERY_MAX]);
size_t emissivity_to_modbus(const struct settings *settings, bool set,
    unsigned char out[QUERY_MAX]);
int emissivity_of_modbus(const struct settings *settings,
    const unsigned char *bytes, size_t n, long *thousandths);

/* take_array.c: pixels, of which the warmest in a region counts */
int take_mlx90621(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_chuwo(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_ym32a(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);
int take_mcu90640(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample);

#endif
