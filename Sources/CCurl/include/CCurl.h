#ifndef JOBRAKER_CCURL_H
#define JOBRAKER_CCURL_H

#include <curl/curl.h>

// libcurl sets options and reads results through variadic functions, which Swift
// cannot call. One function here for each kind of argument, and nothing else.

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);

// Each sets a callback together with the context that it is given.
CURLcode ccurl_set_body_callback(CURL *easy, curl_write_callback callback, void *context);
CURLcode ccurl_set_header_callback(CURL *easy, curl_write_callback callback, void *context);
CURLcode ccurl_set_connected_callback(CURL *easy, curl_prereq_callback callback, void *context);
CURLcode ccurl_set_open_socket_callback(CURL *easy, curl_opensocket_callback callback, void *context);
CURLcode ccurl_set_read_callback(CURL *easy, curl_read_callback callback, void *context);
CURLcode ccurl_set_debug_callback(CURL *easy, curl_debug_callback callback, void *context);
CURLcode ccurl_set_progress_callback(CURL *easy, curl_xferinfo_callback callback, void *context);

// A socket for the address, as libcurl itself opens one, but not for child processes.
curl_socket_t ccurl_open_socket(const struct curl_sockaddr *address);

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_get_pointer(CURL *easy, CURLINFO info, void **value);

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_socket_callback(CURLM *multi, curl_socket_callback callback, void *context);
CURLMcode ccurl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback callback, void *context);

#endif
