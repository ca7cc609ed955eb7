"""What the postal service takes, for the control page."""

POST_PAGE = """<h2>Postal service</h2><p>Account from the environment that the product has
(POST_USER, POST_PASSWORD, POST_CUSTOMER_CODE); its address is <code>/post</code>. JSON both ways;
all but the first call carry the header <code>access_token</code>, good for an hour. Parcels are
kept across restarts; they move by <code>/control/post</code> or the page's buttons alone.</p>
<table>
<tr><td><code>POST /post/token</code><td><pre>{"username":"…","password":"…"}</pre>
{"access_token","expires_in":3600}, or HTTP 401.</tr>
<tr><td><code>POST /post/PostOrder</code><td><pre>{"CustomerCode":"MOTCUA01","ItemCode":"",
"OrderNumber":"H32.01-261116-0001","CODAmount":0,"SenderProvince":"…","SenderDistrict":"",
"SenderAddress":"…","SenderName":"…","SenderTel":"…","ReceiverName":"…","ReceiverAddress":"…",
"ReceiverTel":"…","ReceiverProvince":"…","ReceiverDistrict":"","FlagConfig":2}</pre>
Status 100 with the ItemCode, 101 known already (the first one's ItemCode; a cancelled order is
taken anew), 201 field missing, 202 wrong field, 203 no item code (UPU S10), 204 item code used
for another order, 205 customer code.</tr>
<tr><td><code>POST /post/CancelOrder</code><td><pre>{"CustomerCode":"…","OrderNumber":"…"}</pre>
100, 102 fetched already, 404 unknown.</tr>
<tr><td><code>POST /post/GetOrderTracking</code><td><pre>{"CustomerCode":"…","pageSize":100,
"lastId":0}</pre>Rows with ascending ids behind lastId: id, orderNumber, itemCode, statusCode,
statusMessage, statusTime (yyyyMMddHHmmss, local). Codes 101, 201, 301, 401 are the sandbox's own.
</tr></table>
"""
