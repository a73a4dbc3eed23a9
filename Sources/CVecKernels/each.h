// The functions over many rows, made from a form's `dot` and `l2`: included by each form after it defined them,
// with TARGET (the attribute of its functions) and NAME (which adds its suffix). One text, so that a row gets
// the same bits in each.

TARGET static float NAME(dot)(const float *a, const float *b, size_t n) { return dot(a, b, n); }

TARGET static float NAME(l2)(const float *a, const float *b, size_t n) { return l2(a, b, n); }

TARGET static void NAME(dot_rows)(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = dot(query, rows + i * n, n);
}

TARGET static void NAME(l2_rows)(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = l2(query, rows + i * n, n);
}

TARGET static void NAME(dot_each)(const float *query, const float *const *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count && i < AHEAD; i++) fetch(rows[i], n);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) fetch(rows[i + AHEAD], n);
        out[i] = dot(query, rows[i], n);
    }
}

TARGET static void NAME(l2_each)(const float *query, const float *const *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count && i < AHEAD; i++) fetch(rows[i], n);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) fetch(rows[i + AHEAD], n);
        out[i] = l2(query, rows[i], n);
    }
}
