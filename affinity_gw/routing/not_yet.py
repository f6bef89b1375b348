"""What HAProxy's conditions have and this version of the gateway does not.

A name in here is answered with "not supported yet", so that nobody looks for a spelling mistake where there is none.
"""

from __future__ import annotations


class NotSupportedYet(ValueError):  # noqa: N818  # a refusal to be told apart, not an error in what was written
    """HAProxy has it, this version of the gateway does not. The message names it."""


CRITERIA = frozenset(
    """
    always_false always_true avg_queue base base_beg base_dir base_dom base_end base_len base_reg base_sub be_conn
    be_conn_free be_id be_sess_rate bool connslots cook cook_beg cook_cnt cook_dir cook_dom cook_end cook_len cook_reg
    cook_sub cook_val dst dst_conn dst_is_local dst_port fe_conn fe_id fe_req_rate fe_sess_rate hdr_cnt hdr_ip hdr_val
    hostname http_auth http_auth_group http_first_req int ipv4 ipv6 meth nbproc nbsrv_total pathq payload proto_http
    query queue rand req.body req.body_len req.body_param req.cook req.cook_cnt req.cook_val req.fhdr req.fhdr_cnt
    req.hdr req.hdr_cnt req.hdr_ip req.hdr_names req.hdr_val req.hdrs req.len req.proto_http req.ssl_hello_type
    req.ssl_sni req.ssl_ver req.ver req_len req_proto_http req_ssl_hello_type req_ssl_sni req_ssl_ver req_ver so_id
    src_conn_cnt src_conn_cur src_conn_rate src_http_req_rate src_is_local src_port srv_conn srv_id srv_is_up
    srv_queue srv_sess_rate ssl_c_used ssl_c_verify ssl_fc ssl_fc_alpn ssl_fc_has_crt ssl_fc_has_sni ssl_fc_protocol
    ssl_fc_sni str table_avl table_cnt unique-id url url32 url_beg url_dir url_dom url_end url_ip url_len url_param
    url_port url_reg urlp urlp_beg urlp_dir urlp_dom urlp_end urlp_len urlp_reg urlp_sub urlp_val var wait_end
    """.split()  # noqa: SIM905  # names to read, not a page of quotes
)
"""HAProxy's other criteria."""

PREDEFINED_ACLS = frozenset(
    """
    FALSE HTTP HTTP_1.0 HTTP_1.1 HTTP_2.0 HTTP_CONTENT HTTP_URL_ABS HTTP_URL_SLASH HTTP_URL_STAR LOCALHOST METH_CONNECT
    METH_DELETE METH_GET METH_HEAD METH_OPTIONS METH_POST METH_PUT METH_TRACE RDP_COOKIE REQ_CONTENT TRUE WAIT_END
    """.split()  # noqa: SIM905  # names to read, not a page of quotes
)
"""ACLs that HAProxy brings along."""
