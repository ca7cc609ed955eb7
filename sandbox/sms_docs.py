"""What the SMS gateways take, for the control page."""

SMS_PAGE = """<h2>SMS gateways</h2><p>Played after their manuals; keys, sender name and prices come
from the environment that the product has (ESMS_API_KEY, ESMS_SECRET_KEY, SPEEDSMS_TOKEN,
VIETGUYS_USER, VIETGUYS_PASSWORD, SMS_BRANDNAME), prices and report times from SANDBOX_SMS_PRICE
(đồng a part, 850), SANDBOX_SMS_WALLET (1000000), SANDBOX_SMS_RECEIPT_SECONDS (2) and
SANDBOX_SMS_RECEIPT_URL (the product's /webhooks/sms). What is taken stands on the phone with that
number; a number that nobody has is taken too, and reported failed. Reports are repeated up to five
times until they are answered 200. Who is away gets it when back, within 24 hours.</p>
<table>
<tr><td><code>POST /sms/esms</code><td><pre>{"ApiKey":"…","SecretKey":"…","Phone":"0905000001",
"Content":"…","Brandname":"MotcuaSMS","SmsType":"2","IsUnicode":"0","Sandbox":"0","RequestId":"…",
"CallbackUrl":"http://…"}</pre>100, 101, 103, 104, 108, 118, 119, 124 (RequestId within 24 h),
146 (accents with IsUnicode 0), 159, 160, 199, 300. The same text to the same number within five
minutes is taken and dropped. Report: GET to CallbackUrl, else to …/esms/receipt.</tr>
<tr><td><code>POST /sms/speedsms</code><td><pre>Authorization: Basic base64(token:x)
{"to":["84905000001"],"content":"…","sms_type":3,"sender":"MotcuaSMS"}</pre>
00, 009 (HTTP 401), 101, 105, 113, 300, 500 (HTTP 429). Report: POST to …/speedsms/receipt.</tr>
<tr><td><code>POST /sms/vietguys</code><td><pre>u=…&amp;pwd=…&amp;from=MotcuaSMS
&amp;phone=84905000001&amp;sms=…&amp;bid=…&amp;type=0&amp;json=1</pre>0, -1, -2, -5, -8, -10, -12,
-14, -16 (the same
text within a minute), -20 (accents with type 0). Report: POST to …/vietguys/receipt.</tr>
</table>
"""
