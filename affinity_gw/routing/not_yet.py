"""What HAProxy's conditions and formats have and this version of the gateway does not.

A name in here is answered with "not supported yet", so that nobody looks for a spelling mistake where there is none.
"""

from __future__ import annotations


class NotSupportedYet(ValueError):  # noqa: N818  # a refusal to be told apart, not an error in what was written
    """HAProxy has it, this version of the gateway does not. The message names it."""


_COUNTERS = """
    bytes_in_rate bytes_out_rate clr_gpc clr_gpc0 clr_gpc1 conn_cnt conn_cur conn_rate get_gpc get_gpc0 get_gpc1 get_gpt
    get_gpt0 gpc0_rate gpc1_rate gpc_rate http_err_cnt http_err_rate http_fail_cnt http_fail_rate http_req_cnt
    http_req_rate inc_gpc inc_gpc0 inc_gpc1 kbytes_in kbytes_out sess_cnt sess_rate
    """.split()  # noqa: SIM905  # names to read, not a page of quotes
"""What stick tables count."""

_CERTIFICATE = "der i_dn key_alg notafter notbefore s_dn serial sha1 sig_alg version".split()  # noqa: SIM905  # as above

FAMILIES = {
    *(f"{who}_{what}" for who in ("sc", "sc0", "sc1", "sc2", "src") for what in _COUNTERS),
    *(f"{who}_{what}" for who in ("sc", "sc0", "sc1", "sc2") for what in ("tracked", "trackers")),
    *(f"ssl_{whose}_{what}" for whose in ("c", "f", "s") for what in _CERTIFICATE),
    *(f"internal.htx.{what}" for what in ("data", "free", "free_data", "has_eom", "nbblks", "size", "used")),
    *(f"internal.htx_blk.{what}" for what in ("data", "hdrname", "hdrval", "size", "start_line", "type")),
    "internal.strm.is_htx",
}

FETCHES = FAMILIES | frozenset(
    """
    base32 base32+src bc_dst bc_dst_port bc_http_major bc_src bc_src_port be_conn be_conn_free be_id be_server_timeout
    be_sess_rate be_tunnel_timeout bin capture.req.hdr capture.req.ver capture.res.hdr capture.res.ver connslots date
    date_us dst_conn dst_is_local env fc_dst_is_local fc_http_major fc_pp_authority fc_pp_unique_id fc_rcvd_proxy
    fc_rtt fc_rttvar fc_src_is_local fe_client_timeout fe_conn fe_defbe fe_id fe_req_rate fe_sess_rate hostname
    http_auth_bearer http_auth_group http_auth_pass http_auth_type http_auth_user http_first_req
    last_rule_file last_rule_line meth nbproc nbsrv_total payload payload_lv proc quic_enabled rand rdp_cookie
    rdp_cookie_cnt rep_ssl_hello_type req.body req.body_len req.body_param req.body_size req.hdr_names req.hdrs
    req.hdrs_bin req.len req.payload req.payload_lv req.rdp_cookie req.rdp_cookie_cnt req.ssl_alpn req.ssl_ec_ext
    req.ssl_hello_type req.ssl_sni req.ssl_st_ext req.ssl_ver req_len req_ssl_hello_type req_ssl_sni req_ssl_ver
    res.body res.body_len res.body_size res.comp res.comp_algo res.hdr_names res.hdrs res.hdrs_bin res.len res.payload
    res.payload_lv res.ssl_hello_type sc0_conn_cur sc0_conn_rate sc0_http_req_rate sc1_conn_cur sc_conn_cur
    sc_conn_rate sc_get_gpc0 sc_http_req_rate so_id so_name src_clr_gpc0 src_conn_cnt src_conn_cur src_conn_rate
    src_get_gpc0 src_http_err_rate src_http_req_cnt src_http_req_rate src_inc_gpc0 src_is_local src_kbytes_in
    src_kbytes_out src_sess_cnt src_sess_rate src_updt_conn_cnt srv_conn srv_conn_free srv_id srv_iweight srv_name
    srv_queue srv_sess_rate srv_uweight srv_weight ssl_bc ssl_bc_alpn ssl_bc_cipher ssl_bc_protocol ssl_c_ca_err
    ssl_c_err ssl_c_i_dn ssl_c_notafter ssl_c_notbefore ssl_c_s_dn ssl_c_serial ssl_c_sha1 ssl_c_used ssl_c_verify
    ssl_c_version ssl_f_i_dn ssl_f_s_dn ssl_f_serial ssl_fc_alg_keysize ssl_fc_alpn ssl_fc_cipher ssl_fc_has_crt
    ssl_fc_has_early ssl_fc_is_resumed ssl_fc_npn ssl_fc_protocol ssl_fc_session_id ssl_fc_unique_id
    ssl_fc_use_keysize stopping table_avl table_cnt thread trackers txn.conn_retries unique-id url32 url32+src url_ip
    url_port uuid var bc_err bc_err_str cpu_calls cpu_ns_avg cpu_ns_tot cur_server_timeout cur_tunnel_timeout
    distcc_body distcc_param fc_err fc_err_str fc_fackets fc_lost fc_reordering fc_retrans fc_sacked fc_unacked
    fcgi.docroot fcgi.index lat_ns_avg lat_ns_tot prio_class prio_offset req_rdp_cookie req_rdp_cookie_cnt
    res.cache_hit res.cache_name ssl_bc_alg_keysize ssl_bc_client_random ssl_bc_err ssl_bc_err_str ssl_bc_is_resumed
    ssl_bc_npn ssl_bc_server_random ssl_bc_session_id ssl_bc_session_key ssl_bc_unique_id ssl_bc_use_keysize
    ssl_c_ca_err_depth ssl_c_chain_der ssl_fc_cipherlist_bin ssl_fc_cipherlist_hex ssl_fc_cipherlist_str
    ssl_fc_cipherlist_xxh ssl_fc_client_random ssl_fc_client_early_traffic_secret
    ssl_fc_client_handshake_traffic_secret ssl_fc_client_traffic_secret_0 ssl_fc_early_exporter_secret
    ssl_fc_ecformats_bin ssl_fc_eclist_bin ssl_fc_err ssl_fc_err_str ssl_fc_exporter_secret ssl_fc_extlist_bin
    ssl_fc_protocol_hello_id ssl_fc_server_handshake_traffic_secret ssl_fc_server_random
    ssl_fc_server_traffic_secret_0 ssl_fc_session_key ssl_fc_sni_end ssl_fc_sni_reg ssl_s_chain_der
    """.split()  # noqa: SIM905  # names to read, not a page of quotes
)
"""HAProxy's other criteria."""

_MAPS = {
    f"map_{way}_{what}"
    for way in ("beg", "dir", "dom", "end", "int", "ip", "reg", "str", "sub")
    for what in ("int", "ip")
}
_TABLES = """
    bytes_out_rate conn_rate expire gpc gpc0_rate gpc1 gpc1_rate gpc_rate gpt gpt0 http_err_cnt http_err_rate
    http_fail_cnt http_fail_rate http_req_cnt idle kbytes_in kbytes_out server_id sess_cnt sess_rate trackers
    """.split()  # noqa: SIM905  # as above

CONVERTERS = (
    _MAPS
    | {f"table_{what}" for what in _TABLES}
    | frozenset(
        """
    51d.single add_item aes_gcm_dec and be2dec be2hex capture-req capture-res cpl crc32 crc32c da-csv-conv debug
    digest djb2 fix_is_valid fix_tag_value hex2i hmac htonl http_date in_table ip.ver json json_query jwt_header_query
    jwt_payload_query jwt_verify language ltime map map_beg map_beg_int map_dir map_dom map_end map_end_int map_int
    map_int_int map_ip map_ip_int map_reg map_reg_int map_regm map_str map_str_int map_str_ip map_sub map_sub_int
    mqtt_field_value mqtt_is_valid nbsrv or param protobuf rfc7239_is_valid sdbm secure_memcmp set-var sha1 sha2
    srv_queue strcmp table_bytes_in_rate table_conn_cnt table_conn_cur table_gpc0 table_http_req_rate ub64dec ub64enc
    host_only port_only ungrpc unset-var utime wt6 x509_v_err_str xor xxh3 xxh32 xxh64
    """.split()  # noqa: SIM905  # as above
    )
)
"""HAProxy's other converters."""

ALIASES = frozenset(
    """
    B CC CS H ID T TR Ta Tc Td Th Ti Tl Tq Tr Ts Tt Tu Tw U ac bc bi bp bq fc ft hr hrl hs hsl lc ms o pid r rc rt
    s sc si sp sq sslc sslv t tr trg trl ts tsc
    """.split()  # noqa: SIM905  # as above
)
"""The names that a line of the log can have and a header cannot here: what they say is only known later, or to the
shell."""
