/** The fault switches in Vietnamese: groups in the order shown, each switch with what it does and its unit. */

/** The same switches for each SMS gateway. */
function gatewaySwitches(name) {
  return {
    [`sms_${name}_wrong_key`]: ["Báo sai khóa truy cập"],
    [`sms_${name}_no_money`]: ["Báo hết tiền"],
    [`sms_${name}_rate`]: ["Báo gửi quá nhanh"],
    [`sms_${name}_error_code`]: ["Từ chối với mã lỗi tự chọn", "mã"],
    [`sms_${name}_slow`]: ["Trả lời chậm", "ms"],
    [`sms_${name}_timeout_after`]: ["Đã nhận tin nhưng không đáp", "giây"],
    [`sms_${name}_http_500_after`]: ["Đã nhận tin nhưng đáp lỗi HTTP 500"],
    [`sms_${name}_cut_after`]: ["Đã nhận tin rồi đường truyền đứt"],
    [`sms_${name}_cut_before`]: ["Không kết nối được, tin chưa đi"],
    [`sms_${name}_nonsense_after`]: ["Đã nhận tin nhưng đáp lời vô nghĩa", "kiểu"],
    [`sms_${name}_receipt_lost`]: ["Không bao giờ báo kết quả gửi"],
    [`sms_${name}_receipt_late`]: ["Báo kết quả gửi muộn", "giây"],
    [`sms_${name}_receipt_twice`]: ["Báo kết quả gửi hai lần"],
    [`sms_${name}_receipt_failed`]: ["Tin không tới máy, báo thất bại"],
    [`sms_${name}_unreachable`]: ["Thuê bao không liên lạc được", "giây"],
  };
}

export const FAULT_GROUPS = [
  ["Sự kiện Zalo báo tới trợ lý", {
    duplicate: ["Mỗi sự kiện được gửi hai lần"],
    reorder: ["Sự kiện sau vượt lên trước sự kiện trước"],
    delay: ["Sự kiện tới muộn", "giây"],
    drop: ["Sự kiện bị mất, không bao giờ tới"],
    wrong_signature: ["Chữ ký của sự kiện bị sai"],
    missing_app_id: ["Sự kiện thiếu mã ứng dụng app_id"],
    numeric_timestamp: ["Thời điểm (timestamp) là số thay vì chữ"],
    numeric_ids: ["Mã người dân và mã OA là số thay vì chữ"],
    unknown_event: ["Sự kiện mang tên lạ chưa ai biết"],
    escaped_unicode: ["Chữ có dấu được viết dạng \\u trong nội dung"],
    escaped_slash: ["Dấu gạch chéo được viết dạng \\/ trong nội dung"],
    quick_answers_final: ["Trợ lý đáp lỗi 4xx, 5xx thì Zalo không gửi lại"],
  }],
  ["Báo đã nhận, đã xem, đã gửi", {
    receipts: ["Báo “đã nhận” sau mỗi tin gửi đi", "giây"],
    seen: ["Báo “đã xem” sau mỗi tin gửi đi", "giây"],
    receipts_swapped: ["Báo “đã nhận” đảo người gửi và người nhận"],
    no_echo: ["Không báo lại tin mà OA đã gửi"],
    late_echo: ["Báo lại tin OA đã gửi nhưng muộn", "giây"],
  }],
  ["Khi trợ lý gửi tin qua Zalo", {
    send_failed: ["Tin không gửi được (mã -200)"],
    error_code: ["Tin bị từ chối với mã lỗi tự chọn", "mã"],
    rate_limited: ["Từ chối vì gọi quá nhiều (mã -32)"],
    rate_limit: ["Đổi số lời gọi tối đa mỗi phút", "lời gọi"],
    slow: ["Mọi câu trả lời của Zalo đều chậm", "ms"],
    http_500_after: ["Tin đã đi nhưng Zalo đáp lỗi HTTP 500"],
    timeout_after: ["Tin đã đi nhưng Zalo không đáp", "giây"],
    timeout_before: ["Tin chưa đi và Zalo không đáp", "giây"],
    nonsense_before: ["Đáp lời vô nghĩa, tin chưa đi", "kiểu"],
    nonsense_after: ["Tin đã đi nhưng đáp lời vô nghĩa", "kiểu"],
    cut_after: ["Tin đã đi rồi đường truyền đứt"],
    quota_missing: ["Câu trả lời không kèm hạn mức tin"],
    cs_quota_empty: ["Hết hạn mức tin ngoài 48 giờ", "mã"],
    unfollow_closes: ["Bỏ quan tâm rồi thì không nhận tin nữa (mã -213)"],
    proof_required: ["Bắt buộc kèm appsecret_proof (mã -242)"],
    media_expired: ["Đường dẫn ảnh và tệp hết hạn ngay"],
  }],
  ["Mã truy cập (token)", {
    token_revoked: ["Thu hồi mã truy cập đang dùng"],
    grant_lost: ["OA rút quyền đã cấp cho ứng dụng"],
    oauth_error: ["Xin mã mới thì bị báo lỗi", "mã"],
    oauth_timeout_before: ["Xin mã mới: không đáp, chưa đổi mã", "giây"],
    oauth_timeout_after: ["Xin mã mới: đã đổi mã nhưng không đáp", "giây"],
    oauth_500_after: ["Xin mã mới: đã đổi mã nhưng đáp HTTP 500"],
    state_not_echoed: ["Trang cấp quyền không trả lại tham số state"],
  }],
  ["Tin theo mẫu (ZBS)", {
    zbs_night: ["Không gửi từ 22 giờ đến 6 giờ (mã -133)"],
    zbs_quota_empty: ["Hết hạn mức tin theo mẫu", "mã"],
    zbs_no_receipt: ["Không bao giờ báo tin đã tới máy"],
    zbs_receipt_delay: ["Báo tin đã tới máy sau một lúc", "giây"],
  }],
  ["Tin SMS qua eSMS", gatewaySwitches("esms")],
  ["Tin SMS qua SpeedSMS", gatewaySwitches("speedsms")],
  ["Tin SMS qua VietGuys", gatewaySwitches("vietguys")],
  ["Hệ thống tài khoản của tỉnh", {
    oidc_down: ["Ngừng hoạt động (HTTP 503)"],
    oidc_slow: ["Trả lời chậm", "ms"],
    oidc_denied: ["Từ chối đăng nhập"],
    oidc_wrong_state: ["Quay về với state khác"],
    oidc_wrong_nonce: ["Mã định danh mang nonce khác"],
    oidc_wrong_audience: ["Mã định danh cấp cho nơi khác"],
    oidc_other_party: ["Mã định danh ghi bên nhận khác (azp)"],
    oidc_wrong_issuer: ["Mã định danh ghi nơi cấp khác"],
    oidc_expired: ["Mã định danh đã hết hạn", "giây"],
    oidc_early: ["Mã định danh chưa tới giờ", "giây"],
    oidc_alg_none: ["Mã định danh không ký"],
    oidc_alg_hs256: ["Mã định danh ký bằng HS256"],
    oidc_foreign_key: ["Mã định danh ký bằng khóa lạ"],
    oidc_new_key: ["Đổi khóa ký"],
    oidc_elsewhere: ["Khóa ký nằm ở máy khác"],
    oidc_no_login: ["Tên đăng nhập chỉ có ở userinfo"],
  }],
  ["Bưu điện", {
    post_slow: ["Trả lời chậm", "ms"],
    post_http_500: ["Báo bận (HTTP 503), chưa làm gì"],
    post_rate: ["Báo gọi quá nhanh (HTTP 429)"],
    post_cut_before: ["Không kết nối được, đơn chưa nhận"],
    post_dead_token: ["Thu hồi mã truy cập đang dùng"],
    post_no_token: ["Không cấp mã truy cập mới"],
    post_refuse: ["Từ chối đơn với mã tự chọn", "mã"],
    post_http_500_after: ["Đã nhận đơn nhưng đáp lỗi HTTP 500"],
    post_timeout_after: ["Đã nhận đơn nhưng không đáp", "giây"],
    post_cut_after: ["Đã nhận đơn rồi đường truyền đứt"],
    post_rows_twice: ["Hành trình bị kể lặp lại"],
    post_rows_disordered: ["Giờ trong hành trình bị đảo"],
    post_rows_strange: ["Hành trình lẫn đơn của nơi khác"],
    post_rows_bare: ["Hành trình thiếu mã bưu gửi và giờ"],
  }],
];

const OTHER = "Khác";

/** Where a switch belongs and what it says; a switch not listed here shows its own label. */
export function faultTexts(fault) {
  for (const [group, entries] of FAULT_GROUPS) {
    const entry = entries[fault.name];
    if (entry) return { group, what: entry[0], unit: entry[1] ?? "" };
  }
  return { group: OTHER, what: fault.label || fault.description || fault.name, unit: "" };
}
