
2.0
imagestream0.1.0BÃ∆˝
"/apis/image.openshift.io/v1/images÷“	
imageOpenshiftIo_v1#list or watch objects of kind Image*listImageOpenshiftIoV1Image2application/json2application/yaml2application/json;stream=watch:*/*BQ
OMKquery!Asks for events of type BOOKMARK."allowWatchBookmarks2boolean†B?
=;9queryThe token of the next page."continue2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†BF
DB@query$Watch for changes instead of a list."watch2boolean†Jg
L
200E
C
OK=
;
9#/definitions/com.github.openshift.api.image.v1.ImageList

401

Unauthorizedj
x-kubernetes-action"list"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}"ˆ
imageOpenshiftIo_v1create an Image*createImageOpenshiftIoV1Image2application/json2application/yaml:*/*BK
I
Gbodybody *7
5#/definitions/com.github.openshift.api.image.v1.ImageB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†JÇ
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Image
M
201F
D
Created9
7
5#/definitions/com.github.openshift.api.image.v1.Image
N
202G
E
Accepted9
7
5#/definitions/com.github.openshift.api.image.v1.Image

401

Unauthorizedj
x-kubernetes-action"post"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}*·
imageOpenshiftIo_v1delete collection of Image*1deletecollectionImageOpenshiftIoV1CollectionImage2application/json2application/yaml:*/*BT
R
Pbodybody*B
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsB?
=;9queryThe token of the next page."continue2string†B@
><:queryWith 'All', nothing is stored."dryRun2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BS
QOMquery$Seconds until the object is deleted."gracePeriodSeconds2integer†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†BO
MKIquery"Deprecated: use propagationPolicy."orphanDependents2boolean†Bp
nljqueryCWhat happens to dependents: 'Orphan', 'Background' or 'Foreground'."propagationPolicy2string†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†Jg
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj+
x-kubernetes-action"deletecollection"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}J°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†ù
)/apis/image.openshift.io/v1/images/{name}Ô›
imageOpenshiftIo_v1read the specified Image*readImageOpenshiftIoV1Image2application/json2application/yaml:*/*Jc
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Image

401

Unauthorizedj
x-kubernetes-action"get"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}≤
imageOpenshiftIo_v1replace the specified Image*replaceImageOpenshiftIoV1Image2application/json2application/yaml:*/*BK
I
Gbodybody *7
5#/definitions/com.github.openshift.api.image.v1.ImageB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†J≤
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Image
M
201F
D
Created9
7
5#/definitions/com.github.openshift.api.image.v1.Image

401

Unauthorizedj
x-kubernetes-action"put"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}*‚
imageOpenshiftIo_v1delete an Image*deleteImageOpenshiftIoV1Image2application/json2application/yaml:*/*BT
R
Pbodybody*B
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsB@
><:queryWith 'All', nothing is stored."dryRun2string†BS
QOMquery$Seconds until the object is deleted."gracePeriodSeconds2integer†BO
MKIquery"Deprecated: use propagationPolicy."orphanDependents2boolean†Bp
nljqueryCWhat happens to dependents: 'Orphan', 'Background' or 'Foreground'."propagationPolicy2string†Jª
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status
R
202K
I
Accepted=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj!
x-kubernetes-action
"delete"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}Bö
imageOpenshiftIo_v1$partially update the specified Image*patchImageOpenshiftIoV1Image2application/json2application/yaml:application/json-patch+json:application/merge-patch+json:&application/strategic-merge-patch+json:application/apply-patch+yamlBN
L
Jbodybody *:
8#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.PatchB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†B^
\ZXquery<Takes over fields of other managers. For apply patches only."force2boolean†J≤
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Image
M
201F
D
Created9
7
5#/definitions/com.github.openshift.api.image.v1.Image

401

Unauthorizedj 
x-kubernetes-action	"patch"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}J2
0.",pathname of the Image"name*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†å	
+/apis/image.openshift.io/v1/imagesignatures‹"µ
imageOpenshiftIo_v1create an ImageSignature*&createImageOpenshiftIoV1ImageSignature2application/json2application/yaml:*/*BT
R
Pbodybody *@
>#/definitions/com.github.openshift.api.image.v1.ImageSignatureB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jù
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageSignature
V
201O
M
CreatedB
@
>#/definitions/com.github.openshift.api.image.v1.ImageSignature
W
202P
N
AcceptedB
@
>#/definitions/com.github.openshift.api.image.v1.ImageSignature

401

Unauthorizedj
x-kubernetes-action"post"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageSignature","version":"v1"}J°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†ò	
2/apis/image.openshift.io/v1/imagesignatures/{name}·*˝
imageOpenshiftIo_v1delete an ImageSignature*&deleteImageOpenshiftIoV1ImageSignature2application/json2application/yaml:*/*BT
R
Pbodybody*B
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsB@
><:queryWith 'All', nothing is stored."dryRun2string†BS
QOMquery$Seconds until the object is deleted."gracePeriodSeconds2integer†BO
MKIquery"Deprecated: use propagationPolicy."orphanDependents2boolean†Bp
nljqueryCWhat happens to dependents: 'Orphan', 'Background' or 'Foreground'."propagationPolicy2string†Jª
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status
R
202K
I
Accepted=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj!
x-kubernetes-action
"delete"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageSignature","version":"v1"}J;
97"5pathname of the ImageSignature"name*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†Œ
(/apis/image.openshift.io/v1/imagestreams°˙	
imageOpenshiftIo_v1)list or watch objects of kind ImageStream*1listImageOpenshiftIoV1ImageStreamForAllNamespaces2application/json2application/yaml2application/json;stream=watch:*/*BQ
OMKquery!Asks for events of type BOOKMARK."allowWatchBookmarks2boolean†B?
=;9queryThe token of the next page."continue2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†BF
DB@query$Watch for changes instead of a list."watch2boolean†Jm
R
200K
I
OKC
A
?#/definitions/com.github.openshift.api.image.v1.ImageStreamList

401

Unauthorizedj
x-kubernetes-action"list"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}J°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†æ
+/apis/image.openshift.io/v1/imagestreamtagséÁ	
imageOpenshiftIo_v1,list or watch objects of kind ImageStreamTag*4listImageOpenshiftIoV1ImageStreamTagForAllNamespaces2application/json2application/yaml:*/*BQ
OMKquery!Asks for events of type BOOKMARK."allowWatchBookmarks2boolean†B?
=;9queryThe token of the next page."continue2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†BF
DB@query$Watch for changes instead of a list."watch2boolean†Jp
U
200N
L
OKF
D
B#/definitions/com.github.openshift.api.image.v1.ImageStreamTagList

401

Unauthorizedj
x-kubernetes-action"list"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}J°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string††
%/apis/image.openshift.io/v1/imagetagsˆ
œ	
imageOpenshiftIo_v1&list or watch objects of kind ImageTag*.listImageOpenshiftIoV1ImageTagForAllNamespaces2application/json2application/yaml:*/*BQ
OMKquery!Asks for events of type BOOKMARK."allowWatchBookmarks2boolean†B?
=;9queryThe token of the next page."continue2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†BF
DB@query$Watch for changes instead of a list."watch2boolean†Jj
O
200H
F
OK@
>
<#/definitions/com.github.openshift.api.image.v1.ImageTagList

401

Unauthorizedj
x-kubernetes-action"list"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}J°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†´
K/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamimages/{name}€ì
imageOpenshiftIo_v1#read the specified ImageStreamImage*0readImageOpenshiftIoV1NamespacedImageStreamImage2application/json2application/yaml:*/*Jn
S
200L
J
OKD
B
@#/definitions/com.github.openshift.api.image.v1.ImageStreamImage

401

Unauthorizedj
x-kubernetes-action"get"jl
x-kubernetes-group-version-kindIG{"group":"image.openshift.io","kind":"ImageStreamImage","version":"v1"}J=
;9"7pathname of the ImageStreamImage"name*stringòJ`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†ß

E/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamimports›	"‘
imageOpenshiftIo_v1create an ImageStreamImport*3createImageOpenshiftIoV1NamespacedImageStreamImport2application/json2application/yaml:*/*BW
U
Sbodybody *C
A#/definitions/com.github.openshift.api.image.v1.ImageStreamImportB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†J¶
T
200M
K
OKE
C
A#/definitions/com.github.openshift.api.image.v1.ImageStreamImport
Y
201R
P
CreatedE
C
A#/definitions/com.github.openshift.api.image.v1.ImageStreamImport
Z
202S
Q
AcceptedE
C
A#/definitions/com.github.openshift.api.image.v1.ImageStreamImport

401

Unauthorizedj
x-kubernetes-action"post"jm
x-kubernetes-group-version-kindJH{"group":"image.openshift.io","kind":"ImageStreamImport","version":"v1"}J`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†î

F/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreammappings…	"¿
imageOpenshiftIo_v1create an ImageStreamMapping*4createImageOpenshiftIoV1NamespacedImageStreamMapping2application/json2application/yaml:*/*BX
V
Tbodybody *D
B#/definitions/com.github.openshift.api.image.v1.ImageStreamMappingB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jé
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status
Q
201J
H
Created=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status
R
202K
I
Accepted=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj
x-kubernetes-action"post"jn
x-kubernetes-group-version-kindKI{"group":"image.openshift.io","kind":"ImageStreamMapping","version":"v1"}J`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†Ó
?/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams™Ù	
imageOpenshiftIo_v1)list or watch objects of kind ImageStream*+listImageOpenshiftIoV1NamespacedImageStream2application/json2application/yaml2application/json;stream=watch:*/*BQ
OMKquery!Asks for events of type BOOKMARK."allowWatchBookmarks2boolean†B?
=;9queryThe token of the next page."continue2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†BF
DB@query$Watch for changes instead of a list."watch2boolean†Jm
R
200K
I
OKC
A
?#/definitions/com.github.openshift.api.image.v1.ImageStreamList

401

Unauthorizedj
x-kubernetes-action"list"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}"™
imageOpenshiftIo_v1create an ImageStream*-createImageOpenshiftIoV1NamespacedImageStream2application/json2application/yaml:*/*BQ
O
Mbodybody *=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jî
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
S
201L
J
Created?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
T
202M
K
Accepted?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream

401

Unauthorizedj
x-kubernetes-action"post"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}*˝
imageOpenshiftIo_v1 delete collection of ImageStream*AdeletecollectionImageOpenshiftIoV1CollectionNamespacedImageStream2application/json2application/yaml:*/*BT
R
Pbodybody*B
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsB?
=;9queryThe token of the next page."continue2string†B@
><:queryWith 'All', nothing is stored."dryRun2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BS
QOMquery$Seconds until the object is deleted."gracePeriodSeconds2integer†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†BO
MKIquery"Deprecated: use propagationPolicy."orphanDependents2boolean†Bp
nljqueryCWhat happens to dependents: 'Orphan', 'Background' or 'Foreground'."propagationPolicy2string†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†Jg
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj+
x-kubernetes-action"deletecollection"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}J`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†∂
F/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}Îˇ
imageOpenshiftIo_v1read the specified ImageStream*+readImageOpenshiftIoV1NamespacedImageStream2application/json2application/yaml:*/*Ji
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream

401

Unauthorizedj
x-kubernetes-action"get"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}‡
imageOpenshiftIo_v1!replace the specified ImageStream*.replaceImageOpenshiftIoV1NamespacedImageStream2application/json2application/yaml:*/*BQ
O
Mbodybody *=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jæ
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
S
201L
J
Created?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream

401

Unauthorizedj
x-kubernetes-action"put"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}*˛
imageOpenshiftIo_v1delete an ImageStream*-deleteImageOpenshiftIoV1NamespacedImageStream2application/json2application/yaml:*/*BT
R
Pbodybody*B
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsB@
><:queryWith 'All', nothing is stored."dryRun2string†BS
QOMquery$Seconds until the object is deleted."gracePeriodSeconds2integer†BO
MKIquery"Deprecated: use propagationPolicy."orphanDependents2boolean†Bp
nljqueryCWhat happens to dependents: 'Orphan', 'Background' or 'Foreground'."propagationPolicy2string†Jª
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status
R
202K
I
Accepted=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj!
x-kubernetes-action
"delete"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}B¬
imageOpenshiftIo_v1*partially update the specified ImageStream*,patchImageOpenshiftIoV1NamespacedImageStream2application/json2application/yaml:application/json-patch+json:application/merge-patch+json:&application/strategic-merge-patch+json:application/apply-patch+yamlBN
L
Jbodybody *:
8#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.PatchB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†B^
\ZXquery<Takes over fields of other managers. For apply patches only."force2boolean†Jæ
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
S
201L
J
Created?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream

401

Unauthorizedj 
x-kubernetes-action	"patch"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}J8
64"2pathname of the ImageStream"name*stringòJ`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†¥
M/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}/layers‚ü
imageOpenshiftIo_v1,read layers of the the specified ImageStream*1readImageOpenshiftIoV1NamespacedImageStreamLayers2application/json2application/yaml:*/*Jo
T
200M
K
OKE
C
A#/definitions/com.github.openshift.api.image.v1.ImageStreamLayers

401

Unauthorizedj
x-kubernetes-action"get"jm
x-kubernetes-group-version-kindJH{"group":"image.openshift.io","kind":"ImageStreamLayers","version":"v1"}J8
64"2pathname of the ImageStream"name*stringòJ`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†È
N/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}/secretsñ”
imageOpenshiftIo_v1-read secrets of the the specified ImageStream*2readImageOpenshiftIoV1NamespacedImageStreamSecrets2application/json2application/yaml:*/*J(

200

OK

401

Unauthorizedj
x-kubernetes-action"get"jf
x-kubernetes-group-version-kindCA{"group":"image.openshift.io","kind":"SecretList","version":"v1"}J8
64"2pathname of the ImageStream"name*stringòJ`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†¯
M/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}/status¶ì
imageOpenshiftIo_v1,read status of the the specified ImageStream*1readImageOpenshiftIoV1NamespacedImageStreamStatus2application/json2application/yaml:*/*Ji
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream

401

Unauthorizedj
x-kubernetes-action"get"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}Ù
imageOpenshiftIo_v1/replace status of the the specified ImageStream*4replaceImageOpenshiftIoV1NamespacedImageStreamStatus2application/json2application/yaml:*/*BQ
O
Mbodybody *=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jæ
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
S
201L
J
Created?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream

401

Unauthorizedj
x-kubernetes-action"put"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}B÷
imageOpenshiftIo_v18partially update status of the the specified ImageStream*2patchImageOpenshiftIoV1NamespacedImageStreamStatus2application/json2application/yaml:application/json-patch+json:application/merge-patch+json:&application/strategic-merge-patch+json:application/apply-patch+yamlBN
L
Jbodybody *:
8#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.PatchB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†B^
\ZXquery<Takes over fields of other managers. For apply patches only."force2boolean†Jæ
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
S
201L
J
Created?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream

401

Unauthorizedj 
x-kubernetes-action	"patch"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}J8
64"2pathname of the ImageStream"name*stringòJ`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†Û
B/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamtags¨·	
imageOpenshiftIo_v1,list or watch objects of kind ImageStreamTag*.listImageOpenshiftIoV1NamespacedImageStreamTag2application/json2application/yaml:*/*BQ
OMKquery!Asks for events of type BOOKMARK."allowWatchBookmarks2boolean†B?
=;9queryThe token of the next page."continue2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†BF
DB@query$Watch for changes instead of a list."watch2boolean†Jp
U
200N
L
OKF
D
B#/definitions/com.github.openshift.api.image.v1.ImageStreamTagList

401

Unauthorizedj
x-kubernetes-action"list"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}"ø
imageOpenshiftIo_v1create an ImageStreamTag*0createImageOpenshiftIoV1NamespacedImageStreamTag2application/json2application/yaml:*/*BT
R
Pbodybody *@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTagB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jù
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag
V
201O
M
CreatedB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag
W
202P
N
AcceptedB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag

401

Unauthorizedj
x-kubernetes-action"post"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}J`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†Ú
I/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamtags/{name}§ã
imageOpenshiftIo_v1!read the specified ImageStreamTag*.readImageOpenshiftIoV1NamespacedImageStreamTag2application/json2application/yaml:*/*Jl
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag

401

Unauthorizedj
x-kubernetes-action"get"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}Ú
imageOpenshiftIo_v1$replace the specified ImageStreamTag*1replaceImageOpenshiftIoV1NamespacedImageStreamTag2application/json2application/yaml:*/*BT
R
Pbodybody *@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTagB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jƒ
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag
V
201O
M
CreatedB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag

401

Unauthorizedj
x-kubernetes-action"put"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}*á
imageOpenshiftIo_v1delete an ImageStreamTag*0deleteImageOpenshiftIoV1NamespacedImageStreamTag2application/json2application/yaml:*/*BT
R
Pbodybody*B
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsB@
><:queryWith 'All', nothing is stored."dryRun2string†BS
QOMquery$Seconds until the object is deleted."gracePeriodSeconds2integer†BO
MKIquery"Deprecated: use propagationPolicy."orphanDependents2boolean†Bp
nljqueryCWhat happens to dependents: 'Orphan', 'Background' or 'Foreground'."propagationPolicy2string†Jª
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status
R
202K
I
Accepted=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj!
x-kubernetes-action
"delete"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}B—
imageOpenshiftIo_v1-partially update the specified ImageStreamTag*/patchImageOpenshiftIoV1NamespacedImageStreamTag2application/json2application/yaml:application/json-patch+json:application/merge-patch+json:&application/strategic-merge-patch+json:application/apply-patch+yamlBN
L
Jbodybody *:
8#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.PatchB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†B^
\ZXquery<Takes over fields of other managers. For apply patches only."force2boolean†Jƒ
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag
V
201O
M
CreatedB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag

401

Unauthorizedj 
x-kubernetes-action	"patch"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}J;
97"5pathname of the ImageStreamTag"name*stringòJ`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†´
</apis/image.openshift.io/v1/namespaces/{namespace}/imagetagsÍ…	
imageOpenshiftIo_v1&list or watch objects of kind ImageTag*(listImageOpenshiftIoV1NamespacedImageTag2application/json2application/yaml:*/*BQ
OMKquery!Asks for events of type BOOKMARK."allowWatchBookmarks2boolean†B?
=;9queryThe token of the next page."continue2string†BI
GECquery Selects objects by their fields."fieldSelector2string†BI
GECquery Selects objects by their labels."labelSelector2string†B=
;97queryThe most objects of a page."limit2integer†Bn
ljhqueryCThe version of the list, or the version after which a watch starts."resourceVersion2string†Bj
hfdquery:How resourceVersion is applied: 'Exact' or 'NotOlderThan'."resourceVersionMatch2string†Be
ca_query7Whether a watch starts with the objects that there are."sendInitialEvents2boolean†BP
NLJquery%Seconds until a list or a watch ends."timeoutSeconds2integer†BF
DB@query$Watch for changes instead of a list."watch2boolean†Jj
O
200H
F
OK@
>
<#/definitions/com.github.openshift.api.image.v1.ImageTagList

401

Unauthorizedj
x-kubernetes-action"list"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}"ï
imageOpenshiftIo_v1create an ImageTag**createImageOpenshiftIoV1NamespacedImageTag2application/json2application/yaml:*/*BN
L
Jbodybody *:
8#/definitions/com.github.openshift.api.image.v1.ImageTagB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†Jã
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag
P
201I
G
Created<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag
Q
202J
H
Accepted<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag

401

Unauthorizedj
x-kubernetes-action"post"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}J`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†˙
C/apis/image.openshift.io/v1/namespaces/{namespace}/imagetags/{name}≤Û
imageOpenshiftIo_v1read the specified ImageTag*(readImageOpenshiftIoV1NamespacedImageTag2application/json2application/yaml:*/*Jf
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag

401

Unauthorizedj
x-kubernetes-action"get"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}Œ
imageOpenshiftIo_v1replace the specified ImageTag*+replaceImageOpenshiftIoV1NamespacedImageTag2application/json2application/yaml:*/*BN
L
Jbodybody *:
8#/definitions/com.github.openshift.api.image.v1.ImageTagB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†J∏
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag
P
201I
G
Created<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag

401

Unauthorizedj
x-kubernetes-action"put"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}*ı
imageOpenshiftIo_v1delete an ImageTag**deleteImageOpenshiftIoV1NamespacedImageTag2application/json2application/yaml:*/*BT
R
Pbodybody*B
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsB@
><:queryWith 'All', nothing is stored."dryRun2string†BS
QOMquery$Seconds until the object is deleted."gracePeriodSeconds2integer†BO
MKIquery"Deprecated: use propagationPolicy."orphanDependents2boolean†Bp
nljqueryCWhat happens to dependents: 'Orphan', 'Background' or 'Foreground'."propagationPolicy2string†Jª
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status
R
202K
I
Accepted=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status

401

Unauthorizedj!
x-kubernetes-action
"delete"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}B≥
imageOpenshiftIo_v1'partially update the specified ImageTag*)patchImageOpenshiftIoV1NamespacedImageTag2application/json2application/yaml:application/json-patch+json:application/merge-patch+json:&application/strategic-merge-patch+json:application/apply-patch+yamlBN
L
Jbodybody *:
8#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.PatchB@
><:queryWith 'All', nothing is stored."dryRun2string†Be
ca_query=The name of whoever makes the change, at most 128 characters."fieldManager2string†BÜ
ÉÄ~queryYWhat happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'."fieldValidation2string†B^
\ZXquery<Takes over fields of other managers. For apply patches only."force2boolean†J∏
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag
P
201I
G
Created<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag

401

Unauthorizedj 
x-kubernetes-action	"patch"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}J5
31"/pathname of the ImageTag"name*stringòJ`
^\"Zpath:object name and auth scope, such as for teams and projects"	namespace*stringòJ°
ûõòquery|If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool."pretty2string†Jéﬁ
≤
'com.github.openshift.api.image.v1.ImageÜ"9An image. Its name is usually the digest of its manifest.≤
object ÷
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
9
dockerImageConfig$"The text of the config.≤
string
¡
dockerImageLayers´"^The layers, base first. The annotation `image.openshift.io/dockerLayersOrder` names the order.≤
array∫>
<
:#/definitions/com.github.openshift.api.image.v1.ImageLayer
=
dockerImageManifest&"The text of the manifest.≤
string
L
dockerImageManifestMediaType,"The media type of the manifest.≤
string
è
dockerImageManifestsw"'The images of a manifest list or index.≤
array∫A
?
=#/definitions/com.github.openshift.api.image.v1.ImageManifest
œ
dockerImageMetadata∑"yThe metadata of the image, derived from its manifest and config if those are given. `None` is written as an empty object.≤
object˙.
$x-kubernetes-preserve-unknown-fieldstrue
o
dockerImageMetadataVersionQ"DThe version of the metadata object: `1.0` (the default) or `pre012`.≤
string
J
dockerImageReference2"%The pull spec of the image; required.≤
string
º
dockerImageSignatures¢"DSignatures in the format of schema 1; `None` if they were never set.≤
array∫O
Mbyte":Bytes, which are base64 in JSON; `null` if there are none.≤
string
I
kindA"4`Image`, on an object that is not nested in another.≤
string
x
metadatal
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"+Name and version. Images have no namespace.
¡

signatures≤"Signatures.≤
array∫B
@
>#/definitions/com.github.openshift.api.image.v1.ImageSignature˙(
x-kubernetes-patch-merge-key"name"˙(
x-kubernetes-patch-strategy	"merge"˙c
x-kubernetes-group-version-kind@>[{"group":"image.openshift.io","kind":"Image","version":"v1"}]
®
5com.github.openshift.api.image.v1.ImageBlobReferencesÓ"The blobs of one image.≤
object ∆
@
config6")The config; `null` if the image has none.≤
string
a
imageMissingQ"CWhether the image is missing: a tag names it, but it is not stored.≤	
boolean
_
layersU"9Layers, base first; `null` for a list or a missing image.≤
array∫
≤
string
>
	manifests1"The images of a list.≤
array∫
≤
string
⁄
1com.github.openshift.api.image.v1.ImageImportSpec§"An image that is imported.≤
object ˘
a
fromY
0#/definitions/io.k8s.api.core.v1.ObjectReference"%The image; its kind is `DockerImage`.
f
importPolicyV
?#/definitions/com.github.openshift.api.image.v1.TagImportPolicy"How it is imported.
J
includeManifest7")Whether the answer contains the manifest.≤	
boolean
Ü
referencePolicys
B#/definitions/com.github.openshift.api.image.v1.TagReferencePolicy"-Which pull spec is given to users of the tag.
W
toQ
5#/definitions/io.k8s.api.core.v1.LocalObjectReference"The tag that it becomes.

3com.github.openshift.api.image.v1.ImageImportStatus∏"%The result of the import of an image.≤
object Ç
L
imageC
5#/definitions/com.github.openshift.api.image.v1.Image"
The image.
î
	manifestsÜ">The images of a manifest list, if the whole list was imported.≤
array∫9
7
5#/definitions/com.github.openshift.api.image.v1.Image
q
statusg
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status"*Whether the import succeeded, and why not.
(
tag!"The tag that it has.≤
string
’
,com.github.openshift.api.image.v1.ImageLayer§"One layer of an image.≤
object ~
)
	mediaType"The media type.≤
string
 
name"Its digest.≤
string
/
size'int64"Its size in bytes.≤	
integer
⁄
0com.github.openshift.api.image.v1.ImageLayerData•"A blob.≤
object ç
)
	mediaType"The media type.≤
string
`
sizeXint64"CIts size in bytes; `null` if unknown, as for manifests and configs.≤	
integer
¿
+com.github.openshift.api.image.v1.ImageListê"qA list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`.≤
object §
R

apiVersionD"7That of the items, for example `image.openshift.io/v1`.≤
string
á
items~"6The objects, ordered by the bytes of `namespace/name`.≤
array∫9
7
5#/definitions/com.github.openshift.api.image.v1.Image
>
kind6")The kind of the items followed by `List`.≤
string
É
metadataw
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"8The version of the list, and the token of its next page.˙g
x-kubernetes-group-version-kindDB[{"group":"image.openshift.io","kind":"ImageList","version":"v1"}]
Õ
3com.github.openshift.api.image.v1.ImageLookupPolicyï"@Whether the name of a stream may be used in place of an image's.≤
object E
C
local:",Whether it may be used within the namespace.≤	
boolean
Ø
/com.github.openshift.api.image.v1.ImageManifest˚"&One image of a manifest list or index.≤
object ƒ
2
architecture""The CPU architecture.≤
string
"
digest"Its digest.≤
string
G
manifestSize7int64""The size of its manifest in bytes.≤	
integer
9
	mediaType,"The media type of its manifest.≤
string
(
os""The operating system.≤
string
<
variant1"$The variant of the CPU architecture.≤
string
å

0com.github.openshift.api.image.v1.ImageSignature◊	"/A signature of an image, stored with the image.≤
object ®
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
Á

conditionsÿ"-Results of the verification of the signature.≤
array∫F
D
B#/definitions/com.github.openshift.api.image.v1.SignatureCondition˙(
x-kubernetes-patch-merge-key"type"˙(
x-kubernetes-patch-strategy	"merge"
3
content(byte"The signature itself.≤
string
?
created4	date-time"When the signature was made.≤
string
X
imageIdentityG":The identity of the signed image, as the signature has it.≤
string
b
issuedByV
?#/definitions/com.github.openshift.api.image.v1.SignatureIssuer"Who issued the key.
a
issuedToU
@#/definitions/com.github.openshift.api.image.v1.SignatureSubject"Who owns the key.
R
kindJ"=`ImageSignature`, on an object that is not nested in another.≤
string
o
metadatac
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta""Its name is `<image>@<signature>`.
E
signedClaims5"Claims of the signature.™
≤
string≤
object
8
type0"#`AtomicImageV1`, or any other type.≤
string˙l
x-kubernetes-group-version-kindIG[{"group":"image.openshift.io","kind":"ImageSignature","version":"v1"}]
¡
-com.github.openshift.api.image.v1.ImageStreamè"5A named set of tags, each with its history of images.≤
object ›
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
O
kindG":`ImageStream`, on an object that is not nested in another.≤
string
f
metadataZ
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"Name, namespace, version.
]
specU
?#/definitions/com.github.openshift.api.image.v1.ImageStreamSpec"The desired state.
b
statusX
A#/definitions/com.github.openshift.api.image.v1.ImageStreamStatus"The observed state.˙i
x-kubernetes-group-version-kindFD[{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}]
„
2com.github.openshift.api.image.v1.ImageStreamImage¨"@An image in the history of a stream's tags. It can only be read.≤
object Í
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
v
imagem
5#/definitions/com.github.openshift.api.image.v1.Image"4The image, without the texts of manifest and config.
T
kindL"?`ImageStreamImage`, on an object that is not nested in another.≤
string
∏
metadata´
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"jThe name is `<stream>@<digest>`, or with the beginning of the digest. Annotations are those of the stream.˙n
x-kubernetes-group-version-kindKI[{"group":"image.openshift.io","kind":"ImageStreamImage","version":"v1"}]
î
3com.github.openshift.api.image.v1.ImageStreamImport‹"fA request to import images into a stream, with its results. It can only be created, and is not stored.≤
object Û
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
U
kindM"@`ImageStreamImport`, on an object that is not nested in another.≤
string
n
metadatab
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"!Name and namespace of the stream.
f
spec^
E#/definitions/com.github.openshift.api.image.v1.ImageStreamImportSpec"The images to import.
a
statusW
G#/definitions/com.github.openshift.api.image.v1.ImageStreamImportStatus"The results.˙o
x-kubernetes-group-version-kindLJ[{"group":"image.openshift.io","kind":"ImageStreamImport","version":"v1"}]
∑
7com.github.openshift.api.image.v1.ImageStreamImportSpec˚"#The images to import into a stream.≤
object «
j
images`"Single images.≤
array∫C
A
?#/definitions/com.github.openshift.api.image.v1.ImageImportSpec
n
importd"VWhether the stream is changed. Otherwise the answer only shows what would be imported.≤	
boolean
i

repository[
D#/definitions/com.github.openshift.api.image.v1.RepositoryImportSpec"A whole repository.

9com.github.openshift.api.image.v1.ImageStreamImportStatus≤"The results of an import.≤
object à
ì
imagesà"4The result for each image, in the order of the spec.≤
array∫E
C
A#/definitions/com.github.openshift.api.image.v1.ImageImportStatus
x
importn
;#/definitions/com.github.openshift.api.image.v1.ImageStream"/The stream after the import, if it was changed.
v

repositoryh
F#/definitions/com.github.openshift.api.image.v1.RepositoryImportStatus"The result for the repository.
•
3com.github.openshift.api.image.v1.ImageStreamLayersÌ"PThe blobs of a stream's images, and which image uses which. It can only be read.≤
object ö
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
É
blobsz"(Layers, configs and manifests by digest.™B
@
>#/definitions/com.github.openshift.api.image.v1.ImageLayerData≤
object
p
imagesf"Images by name.™G
E
C#/definitions/com.github.openshift.api.image.v1.ImageBlobReferences≤
object
U
kindM"@`ImageStreamLayers`, on an object that is not nested in another.≤
string
h
metadata\
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"The metadata of the stream.˙o
x-kubernetes-group-version-kindLJ[{"group":"image.openshift.io","kind":"ImageStreamLayers","version":"v1"}]
”
1com.github.openshift.api.image.v1.ImageStreamListù"qA list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`.≤
object ´
R

apiVersionD"7That of the items, for example `image.openshift.io/v1`.≤
string
é
itemsÑ"6The objects, ordered by the bytes of `namespace/name`.≤
array∫?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
>
kind6")The kind of the items followed by `List`.≤
string
É
metadataw
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"8The version of the list, and the token of its next page.˙m
x-kubernetes-group-version-kindJH[{"group":"image.openshift.io","kind":"ImageStreamList","version":"v1"}]
ô
4com.github.openshift.api.image.v1.ImageStreamMapping‡"pA request to register an image and make it the newest entry of a tag. It can only be created, and is not stored.≤
object Ï
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
t
imagek
5#/definitions/com.github.openshift.api.image.v1.Image"2The image. If it exists already it is not changed.
V
kindN"A`ImageStreamMapping`, on an object that is not nested in another.≤
string
Ä
metadatat
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"3Name and namespace of the stream, which must exist.
8
tag1"$The tag; any text that is not empty.≤
string˙p
x-kubernetes-group-version-kindMK[{"group":"image.openshift.io","kind":"ImageStreamMapping","version":"v1"}]
°
1com.github.openshift.api.image.v1.ImageStreamSpecÎ"%The desired state of an image stream.≤
object µ
x
dockerImageRepository_"RDeprecated: a repository from which all tags are imported, without tag and digest.≤
string
™
lookupPolicyô
A#/definitions/com.github.openshift.api.image.v1.ImageLookupPolicy"TWhether workloads in the namespace may use the stream's name in place of an image's.
ã
tagsÇ"]The tags that follow an image or another tag. If two have the same name the last one is used.≤
array∫@
>
<#/definitions/com.github.openshift.api.image.v1.TagReference˙(
x-kubernetes-patch-merge-key"name"˙(
x-kubernetes-patch-strategy	"merge"
Ö
3com.github.openshift.api.image.v1.ImageStreamStatusÕ"&The observed state of an image stream.≤
object ñ
^
dockerImageRepositoryE"8The repository of the stream in the integrated registry.≤
string
f
publicDockerImageRepositoryG":The same repository at the public address of the registry.≤
string
À
tags¬"The history of every tag.≤
array∫E
C
A#/definitions/com.github.openshift.api.image.v1.NamedTagEventList˙'
x-kubernetes-patch-merge-key"tag"˙(
x-kubernetes-patch-strategy	"merge"
◊	
0com.github.openshift.api.image.v1.ImageStreamTag¢	"nA tag of a stream with its newest image. It is a view of the stream and the image, and has no copy of its own.≤
object ¥
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
Ç

conditionst" The results of the tag's import.≤
array∫E
C
A#/definitions/com.github.openshift.api.image.v1.TagEventCondition
F

generation8int64"#The generation of the newest entry.≤	
integer
v
imagem
5#/definitions/com.github.openshift.api.image.v1.Image"4The image, without the texts of manifest and config.
R
kindJ"=`ImageStreamTag`, on an object that is not nested in another.≤
string
u
lookupPolicye
A#/definitions/com.github.openshift.api.image.v1.ImageLookupPolicy" The lookup policy of the stream.
ú
metadataè
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"NThe name is `<stream>:<tag>`. Uid, version and labels are those of the stream.
°
tagô
<#/definitions/com.github.openshift.api.image.v1.TagReference"YThe desired state of the tag; `null` if there is none, as for a tag that was only pushed.˙l
x-kubernetes-group-version-kindIG[{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}]
‹
4com.github.openshift.api.image.v1.ImageStreamTagList£"qA list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`.≤
object Æ
R

apiVersionD"7That of the items, for example `image.openshift.io/v1`.≤
string
ë
itemsá"6The objects, ordered by the bytes of `namespace/name`.≤
array∫B
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag
>
kind6")The kind of the items followed by `List`.≤
string
É
metadataw
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"8The version of the list, and the token of its next page.˙p
x-kubernetes-group-version-kindMK[{"group":"image.openshift.io","kind":"ImageStreamTagList","version":"v1"}]
 
*com.github.openshift.api.image.v1.ImageTagõ"GA tag of a stream: its desired state, its history and its newest image.≤
object ⁄
_

apiVersionQ"D`image.openshift.io/v1`, on an object that is not nested in another.≤
string
q
imageh
5#/definitions/com.github.openshift.api.image.v1.Image"/Its newest image; `null` if that is not stored.
L
kindD"7`ImageTag`, on an object that is not nested in another.≤
string
í
metadataÖ
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"DThe name is `<stream>:<tag>`. Everything else is that of the stream.
¢
specô
<#/definitions/com.github.openshift.api.image.v1.TagReference"YThe desired state of the tag; `null` if there is none, as for a tag that was only pushed.
|
statusr
A#/definitions/com.github.openshift.api.image.v1.NamedTagEventList"-Its history; `null` if it never had an image.˙f
x-kubernetes-group-version-kindCA[{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}]
 
.com.github.openshift.api.image.v1.ImageTagListó"qA list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`.≤
object ®
R

apiVersionD"7That of the items, for example `image.openshift.io/v1`.≤
string
ã
itemsÅ"6The objects, ordered by the bytes of `namespace/name`.≤
array∫<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag
>
kind6")The kind of the items followed by `List`.≤
string
É
metadataw
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"8The version of the list, and the token of its next page.˙j
x-kubernetes-group-version-kindGE[{"group":"image.openshift.io","kind":"ImageTagList","version":"v1"}]
î
3com.github.openshift.api.image.v1.NamedTagEventList‹"The history of one tag.≤
object ¥
|

conditionsn"The results of its import.≤
array∫E
C
A#/definitions/com.github.openshift.api.image.v1.TagEventCondition
ï
itemsã"@The history, newest first; `null` if the tag never had an image.≤
array∫<
:
8#/definitions/com.github.openshift.api.image.v1.TagEvent

tag"The tag.≤
string
ò
6com.github.openshift.api.image.v1.RepositoryImportSpec›"%A repository whose tags are imported.≤
object ß
f
from^
0#/definitions/io.k8s.api.core.v1.ObjectReference"*The repository; its kind is `DockerImage`.
f
importPolicyV
?#/definitions/com.github.openshift.api.image.v1.TagImportPolicy"How it is imported.
K
includeManifest8"*Whether the answer contains the manifests.≤	
boolean
á
referencePolicyt
B#/definitions/com.github.openshift.api.image.v1.TagReferencePolicy".Which pull spec is given to users of the tags.
–
8com.github.openshift.api.image.v1.RepositoryImportStatusì")The result of the import of a repository.≤
object Ÿ
Y
additionalTagsG"+The tags that were too many to be imported.≤
array∫
≤
string
Ä
imagesv""The result for each of its images.≤
array∫E
C
A#/definitions/com.github.openshift.api.image.v1.ImageImportStatus
y
statuso
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status"2Whether the repository could be read, and why not.
Á
4com.github.openshift.api.image.v1.SignatureConditionÆ",A result of the verification of a signature.≤
object Ò
C
lastProbeTime2	date-time"When it was last verified.≤
string
K
lastTransitionTime5	date-time"When the status last changed.≤
string
*
message"The cause as text.≤
string
-
reason#"The cause in one word.≤
string
4
status*"`True`, `False` or `Unknown`.≤
string
L
typeD"7`Trusted`, `ForImage`, `Expired`, `Revoked` or another.≤
string
º
1com.github.openshift.api.image.v1.SignatureIssuerÜ"Who issued a signing key.≤
object ]
+

commonName"The common name.≤
string
.
organization"The organization.≤
string
ì
2com.github.openshift.api.image.v1.SignatureSubject‹"The owner of a signing key.≤
object ∞
+

commonName"The common name.≤
string
.
organization"The organization.≤
string
Q
publicKeyIDB"5The ID of the public key that verifies the signature.≤
string
û
*com.github.openshift.api.image.v1.TagEventÔ"One entry of a tag's history.≤
object ¡
E
created:	date-time""When this became the newest entry.≤
string
3
dockerImageReference"The pull spec.≤
string
[

generationMint64"8The generation of the stream to which the entry belongs.≤	
integer
f
image]"PThe name of the image, usually its digest; empty if the tag is only a pull spec.≤
string
Ã
3com.github.openshift.api.image.v1.TagEventConditionî" A result of the import of a tag.≤
object „
\

generationNint64"9The generation of the tag to which the condition belongs.≤	
integer
K
lastTransitionTime5	date-time"When the status last changed.≤
string
*
message"The cause as text.≤
string
-
reason#"The cause in one word.≤
string
4
status*"`True`, `False` or `Unknown`.≤
string
%
type"`ImportSuccess`.≤
string
û
1com.github.openshift.api.image.v1.TagImportPolicyË"(How a tag is imported from its registry.≤
object Ø
g

importModeY"L`Legacy` (one image of a manifest list) or `PreserveOriginal` (all of them).≤
string
v
insecurej"\Whether the registry may be accessed without TLS, or with a certificate that is not trusted.≤	
boolean
L
	scheduled?"1Whether the import is repeated from time to time.≤	
boolean
∆
.com.github.openshift.api.image.v1.TagReferenceì"CA tag of the desired state: what it follows and how it is imported.≤
object ø
C
annotations4"Any data about the tag.™
≤
string≤
object
ñ
fromç
0#/definitions/io.k8s.api.core.v1.ObjectReference"YWhat the tag follows: an image in a registry, a tag of a stream, or an image of a stream.
p

generationbint64"MThe generation of the stream when the tag last changed. 0 requests an import.≤	
integer
f
importPolicyV
?#/definitions/com.github.openshift.api.image.v1.TagImportPolicy"How it is imported.

name"The tag.≤
string
]
	referenceP"BWhether the tag is only a pull spec, of which nothing is imported.≤	
boolean
Ü
referencePolicys
B#/definitions/com.github.openshift.api.image.v1.TagReferencePolicy"-Which pull spec is given to users of the tag.
›
4com.github.openshift.api.image.v1.TagReferencePolicy§"+Which pull spec is given to users of a tag.≤
object i
g
type_"R`Source` (the registry it was imported from) or `Local` (the integrated registry).≤
string
©
'io.k8s.api.core.v1.LocalObjectReference~"(The name of something in the same place.≤
object  

name"	The name.≤
string˙#
x-kubernetes-map-type
"atomic"
Î
"io.k8s.api.core.v1.ObjectReferenceƒ"A reference to another object.≤
object Ô
9

apiVersion+"`group/version` of the object.≤
string
<
	fieldPath/""The path of a field of the object.≤
string
h
kind`"SKind of the object: for tags `DockerImage`, `ImageStreamImage` or `ImageStreamTag`.≤
string
X
nameP"CName: for tags a pull spec, `stream@digest`, `stream:tag` or `tag`.≤
string
K
	namespace>"1Namespace; that of the referring object if empty.≤
string
6
resourceVersion#"Version of the object.≤
string
+
uid$"Identity of the object.≤
string˙#
x-kubernetes-map-type
"atomic"
»
2io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptionsë"Options of a deletion.≤
object »
=

apiVersion/""`v1`, or the version of the group.≤
string
l
dryRunb"With `All`, nothing is deleted.≤
array∫
≤
string˙$
x-kubernetes-list-type
"atomic"
O
gracePeriodSeconds9int64"$Seconds until the object is deleted.≤	
integer
$
kind"`DeleteOptions`≤
string
D
orphanDependents0""Deprecated: use propagationPolicy.≤	
boolean
u
preconditionsd
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions" What must hold for the deletion.
e
propagationPolicyP"CWhat happens to dependents: `Orphan`, `Background` or `Foreground`.≤
string˙û
x-kubernetes-group-version-kind{y[{"group":"","kind":"DeleteOptions","version":"v1"},{"group":"image.openshift.io","kind":"DeleteOptions","version":"v1"}]
ó
-io.k8s.apimachinery.pkg.apis.meta.v1.ListMetaÂ".Metadata of a list; the Kubernetes `ListMeta`.≤
object ¶
L
continue@"3The token of the next page; empty on the last page.≤
string
U
remainingItemCount?int64"*How many items follow this page, if known.≤	
integer
M
resourceVersion:"-The version of the store that the list shows.≤
string
0
selfLink$"Never set by the store.≤
string
ˇ
7io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry√" The fields that one manager set.≤
object í
J

apiVersion<"/The `group/version` whose field names are used.≤
string
&

fieldsType"`FieldsV1`.≤
string
#
fieldsV1"The fields as a tree.
,
manager!"Name of the manager.≤
string
.
	operation!"`Apply` or `Update`.≤
string
N
subresource?"2The subresource through which the fields were set.≤
string
I
timeA	date-time")When the manager last changed its fields.≤
string
Å
/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMetaÕ"RName, identity, version and annotations of an object; the Kubernetes `ObjectMeta`.≤
object Í
g
annotationsX";Any data about the object, at most 262,144 bytes with keys.™
≤
string≤
object
O
creationTimestamp:	date-time""When the store created the object.≤
string
k
deletionGracePeriodSecondsMint64"8Seconds until deletion; 0 if finalizers keep the object.≤	
integer
h
deletionTimestampS	date-time";When deletion was requested, if finalizers keep the object.≤
string
≤

finalizers£"8Names that must be removed before the object is deleted.≤
array∫
≤
string˙!
x-kubernetes-list-type"set"˙(
x-kubernetes-patch-strategy	"merge"
c
generateNameS"FThe prefix of a unique name, which the store makes if `name` is empty.≤
string
b

generationTint64"?Counts the changes of the desired state; of image streams only.≤	
integer
M
labelsC"&Labels, by which objects are selected.™
≤
string≤
object
∂
managedFields§"%Which field manager set which fields.≤
array∫I
G
E#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry˙$
x-kubernetes-list-type
"atomic"
\
nameT"GUnique among the objects of a kind in a namespace. It can't be changed.≤
string
W
	namespaceJ"=The namespace, a DNS label; empty for objects of the cluster.≤
string
∞
ownerReferencesú"%The objects that this one belongs to.≤
array∫E
C
A#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference˙'
x-kubernetes-list-map-keys	["uid"]˙!
x-kubernetes-list-type"map"˙'
x-kubernetes-patch-merge-key"uid"˙(
x-kubernetes-patch-strategy	"merge"
d
resourceVersionQ"DThe version of the object. Clients may compare it for equality only.≤
string
0
selfLink$"Never set by the store.≤
string
O
uidH";Unique among all objects that ever exist; set by the store.≤
string
˚
3io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference√"The owner of an object.≤
object ı
8

apiVersion*"`group/version` of the owner.≤
string
e
blockOwnerDeletionO"AWhether a foreground deletion of the owner waits for this object.≤	
boolean
T

controllerF"8Whether the owner manages this object; at most one does.≤	
boolean
'
kind"Kind of the owner.≤
string
'
name"Name of the owner.≤
string
*
uid#"Identity of the owner.≤
string˙#
x-kubernetes-map-type
"atomic"
n
*io.k8s.apimachinery.pkg.apis.meta.v1.Patch@"3A patch, of the format that the content type names.≤
object
”
2io.k8s.apimachinery.pkg.apis.meta.v1.Preconditionsú" What must hold for an operation.≤
object l
<
resourceVersion)"The object has this version.≤
string
,
uid%"The object has this uid.≤
string
›
+io.k8s.apimachinery.pkg.apis.meta.v1.Status≠"9Success or failure of a request; the Kubernetes `Status`.≤
object é
 

apiVersion"`v1`.≤
string
-
code%int32"The HTTP status.≤	
integer
d
detailsY
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails"Details of the error.

kind"	`Status`.≤
string
*
message"The error as text.≤
string
ë
metadataÑ
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"EEmpty, but for the token with which an expired list can be continued.
E
reason;".The error in one word, for example `NotFound`.≤
string
.
status$"`Success` or `Failure`.≤
string˙R
x-kubernetes-group-version-kind/-[{"group":"","kind":"Status","version":"v1"}]
Ñ
0io.k8s.apimachinery.pkg.apis.meta.v1.StatusCauseœ"One error in an object.≤
object ß
(
field"Path of the field.≤
string
*
message"The error as text.≤
string
O
reasonE"8The error in one word, for example `FieldValueRequired`.≤
string
ù
2io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetailsÊ"7The object of a [`Status`], and the causes of an error.≤
object û
m
causesc"The single errors.≤
array∫B
@
>#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause
$
group"Its API group.≤
string
[
kindS"FIts resource (plural), or its kind where the object itself is invalid.≤
string
(
name "Name of the object.≤
string
]
retryAfterSecondsHint32"3After how many seconds the request may be repeated.≤	
integer
!
uid"Its identity.≤
string