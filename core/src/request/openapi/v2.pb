
2.0
imagestream0.1.0B¨sç
"/apis/image.openshift.io/v1/imagesÀ›*list_imagesB"
 query"continue2string B'
%#!query"fieldSelector2string B'
%#!query"labelSelector2string B 
query"limit2integer B 
query"watch2boolean JN
L
200E
C
OK=
;
9#/definitions/com.github.openshift.api.image.v1.ImageListj
x-kubernetes-action"list"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}"Ô*create_imagesB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JJ
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Imagej
x-kubernetes-action"post"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}*È*deletecollection_imagesB 
query"dryRun2string B+
)'%query"propagationPolicy2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj+
x-kubernetes-action"deletecollection"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}’

)/apis/image.openshift.io/v1/images/{name}ä	Û*
get_imagesJJ
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Imagej
x-kubernetes-action"get"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}Ó*update_imagesB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JJ
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Imagej
x-kubernetes-action"put"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}*´*delete_imagesB 
query"dryRun2string B+
)'%query"propagationPolicy2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj!
x-kubernetes-action
"delete"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}Bö*patch_imagesB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string B 
query"force2boolean JJ
H
200A
?
OK9
7
5#/definitions/com.github.openshift.api.image.v1.Imagej 
x-kubernetes-action	"patch"ja
x-kubernetes-group-version-kind><{"group":"image.openshift.io","kind":"Image","version":"v1"}¢
+/apis/image.openshift.io/v1/imagesignaturesò"ï*create_imagesignaturesB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JS
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageSignaturej
x-kubernetes-action"post"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageSignature","version":"v1"}€
2/apis/image.openshift.io/v1/imagesignatures/{name}É*Æ*delete_imagesignaturesB 
query"dryRun2string B+
)'%query"propagationPolicy2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj!
x-kubernetes-action
"delete"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageSignature","version":"v1"}Ý
(/apis/image.openshift.io/v1/imagestreams°­*list_imagestreamsB"
 query"continue2string B'
%#!query"fieldSelector2string B'
%#!query"labelSelector2string B 
query"limit2integer B 
query"watch2boolean JT
R
200K
I
OKC
A
?#/definitions/com.github.openshift.api.image.v1.ImageStreamListj
x-kubernetes-action"list"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}é
+/apis/image.openshift.io/v1/imagestreamtags¹¶*list_imagestreamtagsB"
 query"continue2string B'
%#!query"fieldSelector2string B'
%#!query"labelSelector2string B 
query"limit2integer B 
query"watch2boolean JW
U
200N
L
OKF
D
B#/definitions/com.github.openshift.api.image.v1.ImageStreamTagListj
x-kubernetes-action"list"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}Ñ
%/apis/image.openshift.io/v1/imagetags§¤*list_imagetagsB"
 query"continue2string B'
%#!query"fieldSelector2string B'
%#!query"labelSelector2string B 
query"limit2integer B 
query"watch2boolean JQ
O
200H
F
OK@
>
<#/definitions/com.github.openshift.api.image.v1.ImageTagListj
x-kubernetes-action"list"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}Ï
K/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamimages/{name}ÿü*get_imagestreamimagesJU
S
200L
J
OKD
B
@#/definitions/com.github.openshift.api.image.v1.ImageStreamImagej
x-kubernetes-action"get"jl
x-kubernetes-group-version-kindIG{"group":"image.openshift.io","kind":"ImageStreamImage","version":"v1"}Å
E/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamimportsû"ø*create_imagestreamimportsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JV
T
200M
K
OKE
C
A#/definitions/com.github.openshift.api.image.v1.ImageStreamImportj
x-kubernetes-action"post"jm
x-kubernetes-group-version-kindJH{"group":"image.openshift.io","kind":"ImageStreamImport","version":"v1"}À
F/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreammappingsõ"ò*create_imagestreammappingsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj
x-kubernetes-action"post"jn
x-kubernetes-group-version-kindKI{"group":"image.openshift.io","kind":"ImageStreamMapping","version":"v1"}´	
?/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamsð­*list_imagestreamsB"
 query"continue2string B'
%#!query"fieldSelector2string B'
%#!query"labelSelector2string B 
query"limit2integer B 
query"watch2boolean JT
R
200K
I
OKC
A
?#/definitions/com.github.openshift.api.image.v1.ImageStreamListj
x-kubernetes-action"list"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}"æ*create_imagestreamsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JP
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamj
x-kubernetes-action"post"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}*Ô*deletecollection_imagestreamsB 
query"dryRun2string B+
)'%query"propagationPolicy2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj+
x-kubernetes-action"deletecollection"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}ñ

F/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}¦
í*get_imagestreamsJP
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamj
x-kubernetes-action"get"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}å*update_imagestreamsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JP
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamj
x-kubernetes-action"put"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}*À*delete_imagestreamsB 
query"dryRun2string B+
)'%query"propagationPolicy2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj!
x-kubernetes-action
"delete"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}Bˆ*patch_imagestreamsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string B 
query"force2boolean JP
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamj 
x-kubernetes-action	"patch"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}Õ
M/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}/layersƒ€*get_imagestreams_layersJV
T
200M
K
OKE
C
A#/definitions/com.github.openshift.api.image.v1.ImageStreamLayersj
x-kubernetes-action"get"jm
x-kubernetes-group-version-kindJH{"group":"image.openshift.io","kind":"ImageStreamLayers","version":"v1"}‰
N/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}/secrets¶³*get_imagestreams_secretsJ

200

OKj
x-kubernetes-action"get"jf
x-kubernetes-group-version-kindCA{"group":"image.openshift.io","kind":"SecretList","version":"v1"}Ê
M/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}/statusøô*get_imagestreams_statusJP
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamj
x-kubernetes-action"get"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}ì*update_imagestreams_statusB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JP
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamj
x-kubernetes-action"put"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}B*patch_imagestreams_statusB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string B 
query"force2boolean JP
N
200G
E
OK?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStreamj 
x-kubernetes-action	"patch"jg
x-kubernetes-group-version-kindDB{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}ò
B/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamtags«¶*list_imagestreamtagsB"
 query"continue2string B'
%#!query"fieldSelector2string B'
%#!query"labelSelector2string B 
query"limit2integer B 
query"watch2boolean JW
U
200N
L
OKF
D
B#/definitions/com.github.openshift.api.image.v1.ImageStreamTagListj
x-kubernetes-action"list"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}"ï*create_imagestreamtagsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JS
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTagj
x-kubernetes-action"post"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}•
I/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreamtags/{name}Ç
ö*get_imagestreamtagsJS
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTagj
x-kubernetes-action"get"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}î*update_imagestreamtagsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JS
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTagj
x-kubernetes-action"put"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}*Æ*delete_imagestreamtagsB 
query"dryRun2string B+
)'%query"propagationPolicy2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj!
x-kubernetes-action
"delete"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}B‘*patch_imagestreamtagsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string B 
query"force2boolean JS
Q
200J
H
OKB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTagj 
x-kubernetes-action	"patch"jj
x-kubernetes-group-version-kindGE{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}È
</apis/image.openshift.io/v1/namespaces/{namespace}/imagetags‡¤*list_imagetagsB"
 query"continue2string B'
%#!query"fieldSelector2string B'
%#!query"labelSelector2string B 
query"limit2integer B 
query"watch2boolean JQ
O
200H
F
OK@
>
<#/definitions/com.github.openshift.api.image.v1.ImageTagListj
x-kubernetes-action"list"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}"Ý*create_imagetagsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JM
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTagj
x-kubernetes-action"post"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}Í

C/apis/image.openshift.io/v1/namespaces/{namespace}/imagetags/{name}…
ä*get_imagetagsJM
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTagj
x-kubernetes-action"get"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}Ü*update_imagetagsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string JM
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTagj
x-kubernetes-action"put"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}*º*delete_imagetagsB 
query"dryRun2string B+
)'%query"propagationPolicy2string JN
L
200E
C
OK=
;
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Statusj!
x-kubernetes-action
"delete"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}Bÿ*patch_imagetagsB 
query"dryRun2string B&
$" query"fieldManager2string B)
'%#query"fieldValidation2string B 
query"force2boolean JM
K
200D
B
OK<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTagj 
x-kubernetes-action	"patch"jd
x-kubernetes-group-version-kindA?{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}JÎË
ì
'com.github.openshift.api.image.v1.ImageÀ"CAn image in the store, usually named by the digest of its manifest.²
objectÊ†
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
9
dockerImageConfig$"The text of the config.²
string
¹
dockerImageLayers£"VThe layers; base first, as the annotation `image.openshift.io/dockerLayersOrder` says.²
arrayº>
<
:#/definitions/com.github.openshift.api.image.v1.ImageLayer
=
dockerImageManifest&"The text of the manifest.²
string
L
dockerImageManifestMediaType,"The media type of the manifest.²
string

dockerImageManifestsw"'The images of a manifest list or index.²
arrayºA
?
=#/definitions/com.github.openshift.api.image.v1.ImageManifest
Ú
dockerImageMetadataÂ"ƒWhat the config says; derived from manifest and config where those are given. `None` and an empty object look the same on the wire.²
objectú.
$x-kubernetes-preserve-unknown-fieldstrue
s
dockerImageMetadataVersionU"HThe version of the metadata object: `1.0` (also when empty) or `pre012`.²
string
Z
dockerImageReferenceB"5The pull spec by which the image was found; required.²
string
½
dockerImageSignatures£"FSignatures in the format of schema 1; `None` where none were ever set.²
arrayºN
Lbyte"9Bytes that are base64 on the wire; empty ones are `null`.²
string
A
kind9",`Image`, on an object that stands by itself.²
string
x
metadatal
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"+Name and version. Images have no namespace.
j

signatures\"Signatures.²
arrayºB
@
>#/definitions/com.github.openshift.api.image.v1.ImageSignatureúc
x-kubernetes-group-version-kind@>[{"group":"image.openshift.io","kind":"Image","version":"v1"}]
¯
5com.github.openshift.api.image.v1.ImageBlobReferencesõ"The blobs of one image.²
objectÊÍ
M
configC"6The config, `null` for kinds of images that have none.²
string
[
imageMissingK"=Whether a tag names the image but the store does not have it.²	
boolean
_
layersU"9Layers, base first; `null` for a list or a missing image.²
arrayº
²
string
>
	manifests1"The images of a list.²
arrayº
²
string
Ø
1com.github.openshift.api.image.v1.ImageImportSpec¢"An image to be imported.²
objectÊù
a
fromY
0#/definitions/io.k8s.api.core.v1.ObjectReference"%The image; its kind is `DockerImage`.
a
importPolicyQ
?#/definitions/com.github.openshift.api.image.v1.TagImportPolicy"How to import.
X
includeManifestE"7Whether the answer is to have the text of the manifest.²	
boolean
~
referencePolicyk
B#/definitions/com.github.openshift.api.image.v1.TagReferencePolicy"%Which pull spec users of the tag get.
W
toQ
5#/definitions/io.k8s.api.core.v1.LocalObjectReference"The tag that it becomes.
ß
3com.github.openshift.api.image.v1.ImageImportStatus§"&What became of the import of an image.²
objectÊð
L
imageC
5#/definitions/com.github.openshift.api.image.v1.Image"
The image.
—
	manifests‰"AThe images of a manifest list, where the list was imported whole.²
arrayº9
7
5#/definitions/com.github.openshift.api.image.v1.Image
\
statusR
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status"Whether it succeeded.
(
tag!"The tag that it has.²
string
É
,com.github.openshift.api.image.v1.ImageLayer˜"One layer of an image.²
objectÊr
)
	mediaType"The media type.²
string
 
name"Its digest.²
string
#
sizeint64"Bytes.²	
integer
ì
0com.github.openshift.api.image.v1.ImageLayerData·"What is known of a blob.²
objectÊŽ
)
	mediaType"The media type.²
string
a
sizeYint64"DBytes; `null` where that is not known, as for manifests and configs.²	
integer
¬
+com.github.openshift.api.image.v1.ImageListü"—A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are.²
objectÊé
3

apiVersion%"`image.openshift.io/v1`.²
string
ƒ
itemsz"2The objects, ordered bytewise by `namespace/name`.²
arrayº9
7
5#/definitions/com.github.openshift.api.image.v1.Image
A
kind9",The kind of the items with `List` behind it.²
string
i
metadata]
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"Version and place of the list.úg
x-kubernetes-group-version-kindDB[{"group":"image.openshift.io","kind":"ImageList","version":"v1"}]
À
3com.github.openshift.api.image.v1.ImageLookupPolicyˆ";Whether a stream's name may be used in place of an image's.²
objectÊ=
;
local2"$Whether it may within the namespace.²	
boolean
£
/com.github.openshift.api.image.v1.ImageManifestï"&One image of a manifest list or index.²
objectÊ¸
2
architecture""The CPU architecture.²
string
"
digest"Its digest.²
string
;
manifestSize+int64"Bytes of its manifest.²	
integer
9
	mediaType,"The media type of its manifest.²
string
(
os""The operating system.²
string
<
variant1"$The variant of the CPU architecture.²
string
™	
0com.github.openshift.api.image.v1.ImageSignatureä"/A signature of an image, stored with the image.²
objectÊµ
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
Š

conditions|"'What was found out about the signature.²
arrayºF
D
B#/definitions/com.github.openshift.api.image.v1.SignatureCondition
3
content(byte"The signature itself.²
string
?
created4	date-time"When the signature was made.²
string
S
imageIdentityB"5The image that was signed, as the signature names it.²
string
b
issuedByV
?#/definitions/com.github.openshift.api.image.v1.SignatureIssuer"Who issued the key.
`
issuedToT
@#/definitions/com.github.openshift.api.image.v1.SignatureSubject"Whose key it is.
J
kindB"5`ImageSignature`, on an object that stands by itself.²
string
o
metadatac
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta""Its name is `<image>@<signature>`.
E
signedClaims5"Claims of the signature.ª
²
string²
object
8
type0"#`AtomicImageV1`, or any other type.²
stringúl
x-kubernetes-group-version-kindIG[{"group":"image.openshift.io","kind":"ImageSignature","version":"v1"}]
£
-com.github.openshift.api.image.v1.ImageStreamñ"5A named set of tags, each with its history of images.²
objectÊ¿
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
G
kind?"2`ImageStream`, on an object that stands by itself.²
string
f
metadataZ
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"Name, namespace, version.
Z
specR
?#/definitions/com.github.openshift.api.image.v1.ImageStreamSpec"What is wanted.
W
statusM
A#/definitions/com.github.openshift.api.image.v1.ImageStreamStatus"What is.úi
x-kubernetes-group-version-kindFD[{"group":"image.openshift.io","kind":"ImageStream","version":"v1"}]
Î
2com.github.openshift.api.image.v1.ImageStreamImage—"PAn image that some tag of a stream points to or pointed to. It can only be read.²
objectÊÅ
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
v
imagem
5#/definitions/com.github.openshift.api.image.v1.Image"4The image, without the texts of manifest and config.
L
kindD"7`ImageStreamImage`, on an object that stands by itself.²
string
£
metadata–
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"UIts name is `<stream>@<digest or the beginning of it>`; annotations are the stream's.ún
x-kubernetes-group-version-kindKI[{"group":"image.openshift.io","kind":"ImageStreamImage","version":"v1"}]
Š
3com.github.openshift.api.image.v1.ImageStreamImportÒ"lImages to be imported into a stream, and what became of that. It can only be created, and is stored nowhere.²
objectÊã
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
M
kindE"8`ImageStreamImport`, on an object that stands by itself.²
string
n
metadatab
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"!Name and namespace of the stream.
`
specX
E#/definitions/com.github.openshift.api.image.v1.ImageStreamImportSpec"What to import.
g
status]
G#/definitions/com.github.openshift.api.image.v1.ImageStreamImportStatus"What became of it.úo
x-kubernetes-group-version-kindLJ[{"group":"image.openshift.io","kind":"ImageStreamImport","version":"v1"}]
–
7com.github.openshift.api.image.v1.ImageStreamImportSpecÚ"What to import.²
objectÊº
j
images`"Single images.²
arrayºC
A
?#/definitions/com.github.openshift.api.image.v1.ImageImportSpec
a
importW"IWhether the stream is to be written, and not only looked what would come.²	
boolean
i

repository[
D#/definitions/com.github.openshift.api.image.v1.RepositoryImportSpec"A whole repository.
í
9com.github.openshift.api.image.v1.ImageStreamImportStatus¯"What became of an import.²
objectÊ…
“
imagesˆ"4What became of each image, in the order of the spec.²
arrayºE
C
A#/definitions/com.github.openshift.api.image.v1.ImageImportStatus
u
importk
;#/definitions/com.github.openshift.api.image.v1.ImageStream",The stream afterwards, where it was written.
v

repositoryh
F#/definitions/com.github.openshift.api.image.v1.RepositoryImportStatus"What became of the repository.
ÿ
3com.github.openshift.api.image.v1.ImageStreamLayersÇ"HThe blobs of a stream, and which image needs which. It can only be read.²
objectÊü
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
ƒ
blobsz"(Layers, configs and manifests by digest.ªB
@
>#/definitions/com.github.openshift.api.image.v1.ImageLayerData²
object
p
imagesf"Images by name.ªG
E
C#/definitions/com.github.openshift.api.image.v1.ImageBlobReferences²
object
M
kindE"8`ImageStreamLayers`, on an object that stands by itself.²
string
Z
metadataN
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"The stream's.úo
x-kubernetes-group-version-kindLJ[{"group":"image.openshift.io","kind":"ImageStreamLayers","version":"v1"}]
¿
1com.github.openshift.api.image.v1.ImageStreamList‰"—A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are.²
objectÊð
3

apiVersion%"`image.openshift.io/v1`.²
string
Š
items€"2The objects, ordered bytewise by `namespace/name`.²
arrayº?
=
;#/definitions/com.github.openshift.api.image.v1.ImageStream
A
kind9",The kind of the items with `List` behind it.²
string
i
metadata]
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"Version and place of the list.úm
x-kubernetes-group-version-kindJH[{"group":"image.openshift.io","kind":"ImageStreamList","version":"v1"}]
ë
4com.github.openshift.api.image.v1.ImageStreamMapping²"QAn image and the tag that it becomes the newest entry of. It can only be created.²
objectÊÝ
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
v
imagem
5#/definitions/com.github.openshift.api.image.v1.Image"4The image. One that exists already is left as it is.
N
kindF"9`ImageStreamMapping`, on an object that stands by itself.²
string
€
metadatat
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"3Name and namespace of the stream, which must exist.
7
tag0"#The tag; any text but an empty one.²
stringúp
x-kubernetes-group-version-kindMK[{"group":"image.openshift.io","kind":"ImageStreamMapping","version":"v1"}]
ú
1com.github.openshift.api.image.v1.ImageStreamSpecÄ"What is wanted of a stream.²
objectÊ˜
r
dockerImageRepositoryY"LDeprecated: a repository that the stream stands for, without tag and digest.²
string
¢
lookupPolicy‘
A#/definitions/com.github.openshift.api.image.v1.ImageLookupPolicy"LWhether workloads of the namespace may name the stream in place of an image.
ü
tagsó"NThe tags that follow something, by name; the last of two with one name counts.²
arrayº@
>
<#/definitions/com.github.openshift.api.image.v1.TagReferenceú(
x-kubernetes-patch-merge-key"name"ú(
x-kubernetes-patch-strategy	"merge"
á
3com.github.openshift.api.image.v1.ImageStreamStatus©"What a stream is.²
objectÊ‡
V
dockerImageRepository="0Where the integrated registry serves the stream.²
string
V
publicDockerImageRepository7"*Where it serves the stream to the outside.²
string
Ô
tagsË""The history of every tag, by name.²
arrayºE
C
A#/definitions/com.github.openshift.api.image.v1.NamedTagEventListú'
x-kubernetes-patch-merge-key"tag"ú(
x-kubernetes-patch-strategy	"merge"
	
0com.github.openshift.api.image.v1.ImageStreamTagØ"fA tag of a stream and its newest image. It is made of the stream and the image, and stored in neither.²
objectÊò
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string
‡

conditionsy"%What is known about the tag's import.²
arrayºE
C
A#/definitions/com.github.openshift.api.image.v1.TagEventCondition
F

generation8int64"#The generation of the newest entry.²	
integer
v
imagem
5#/definitions/com.github.openshift.api.image.v1.Image"4The image, without the texts of manifest and config.
J
kindB"5`ImageStreamTag`, on an object that stands by itself.²
string
i
lookupPolicyY
A#/definitions/com.github.openshift.api.image.v1.ImageLookupPolicy"The stream's policy.
•
metadataˆ
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"GIts name is `<stream>:<tag>`; uid, version and labels are the stream's.
~
tagw
<#/definitions/com.github.openshift.api.image.v1.TagReference"7What the tag should point to, `null` where nobody said.úl
x-kubernetes-group-version-kindIG[{"group":"image.openshift.io","kind":"ImageStreamTag","version":"v1"}]
È
4com.github.openshift.api.image.v1.ImageStreamTagList"—A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are.²
objectÊó
3

apiVersion%"`image.openshift.io/v1`.²
string

itemsƒ"2The objects, ordered bytewise by `namespace/name`.²
arrayºB
@
>#/definitions/com.github.openshift.api.image.v1.ImageStreamTag
A
kind9",The kind of the items with `List` behind it.²
string
i
metadata]
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"Version and place of the list.úp
x-kubernetes-group-version-kindMK[{"group":"image.openshift.io","kind":"ImageStreamTagList","version":"v1"}]
®
*com.github.openshift.api.image.v1.ImageTagÿ"MA tag of a stream: what it should point to, its history and its newest image.²
objectÊ¸
W

apiVersionI"<`image.openshift.io/v1`, on an object that stands by itself.²
string

imagev
5#/definitions/com.github.openshift.api.image.v1.Image"=Its newest image, `null` where the image is not in the store.
D
kind<"/`ImageTag`, on an object that stands by itself.²
string
‹
metadata
=#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta">Its name is `<stream>:<tag>`; everything else is the stream's.

specw
<#/definitions/com.github.openshift.api.image.v1.TagReference"7What the tag should point to, `null` where nobody said.
†
status|
A#/definitions/com.github.openshift.api.image.v1.NamedTagEventList"7Its history, `null` where it never pointed to anything.úf
x-kubernetes-group-version-kindCA[{"group":"image.openshift.io","kind":"ImageTag","version":"v1"}]
µ
.com.github.openshift.api.image.v1.ImageTagList‚"—A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are.²
objectÊì
3

apiVersion%"`image.openshift.io/v1`.²
string
†
items}"2The objects, ordered bytewise by `namespace/name`.²
arrayº<
:
8#/definitions/com.github.openshift.api.image.v1.ImageTag
A
kind9",The kind of the items with `List` behind it.²
string
i
metadata]
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"Version and place of the list.új
x-kubernetes-group-version-kindGE[{"group":"image.openshift.io","kind":"ImageTagList","version":"v1"}]
«
3com.github.openshift.api.image.v1.NamedTagEventListó"The history of one tag.²
objectÊË


conditionss"What is known about its import.²
arrayºE
C
A#/definitions/com.github.openshift.api.image.v1.TagEventCondition
¦
itemsœ"QWhat the tag pointed to, newest first; `null` where it never pointed to anything.²
arrayº<
:
8#/definitions/com.github.openshift.api.image.v1.TagEvent

tag"The tag.²
string
Ÿ
6com.github.openshift.api.image.v1.RepositoryImportSpecä"+A repository whose tags are to be imported.²
objectÊ¨
f
from^
0#/definitions/io.k8s.api.core.v1.ObjectReference"*The repository; its kind is `DockerImage`.
a
importPolicyQ
?#/definitions/com.github.openshift.api.image.v1.TagImportPolicy"How to import.
Z
includeManifestG"9Whether the answer is to have the texts of the manifests.²	
boolean

referencePolicyl
B#/definitions/com.github.openshift.api.image.v1.TagReferencePolicy"&Which pull spec users of the tags get.
Ä
8com.github.openshift.api.image.v1.RepositoryImportStatus‡"*What became of the import of a repository.²
objectÊÌ
Y
additionalTagsG"+The tags that were too many to be imported.²
arrayº
²
string
€
imagesv""What became of each of its images.²
arrayºE
C
A#/definitions/com.github.openshift.api.image.v1.ImageImportStatus
l
statusb
9#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status"%Whether the repository could be read.
Ü
4com.github.openshift.api.image.v1.SignatureCondition£"One finding about a signature.²
objectÊô
F
lastProbeTime5	date-time"When this was last looked at.²
string
K
lastTransitionTime5	date-time"When the status last changed.²
string
*
message"The cause as text.²
string
-
reason#"The cause as one word.²
string
4
status*"`True`, `False` or `Unknown`.²
string
L
typeD"7`Trusted`, `ForImage`, `Expired`, `Revoked` or another.²
string
¼
1com.github.openshift.api.image.v1.SignatureIssuer†"Who issued a signing key.²
objectÊ]
+

commonName"The common name.²
string
.
organization"The organization.²
string
ü
2com.github.openshift.api.image.v1.SignatureSubjectÅ"Whose key signed.²
objectÊ£
+

commonName"The common name.²
string
.
organization"The organization.²
string
D
publicKeyID5"(Which public key verifies the signature.²
string
›
*com.github.openshift.api.image.v1.TagEventì"One entry of a tag's history.²
objectÊ¾
D
created9	date-time"!When the tag came to point there.²
string
3
dockerImageReference"The pull spec.²
string
U

generationGint64"2The stream's generation that the entry belongs to.²	
integer
j
imagea"TThe name of the image, usually its digest; empty for a tag that is only a reference.²
string
Ê
3com.github.openshift.api.image.v1.TagEventCondition’"&One finding about the import of a tag.²
objectÊÛ
T

generationFint64"1The tag's generation that the finding belongs to.²	
integer
K
lastTransitionTime5	date-time"When the status last changed.²
string
*
message"The cause as text.²
string
-
reason#"The cause as one word.²
string
4
status*"`True`, `False` or `Unknown`.²
string
%
type"`ImportSuccess`.²
string
Â
1com.github.openshift.api.image.v1.TagImportPolicyŒ"(How a tag is imported from its registry.²
objectÊÓ
g

importModeY"L`Legacy` (one image of a manifest list) or `PreserveOriginal` (all of them).²
string
3
insecure'"Whether without TLS, too.²	
boolean
3
	scheduled&"Whether again and again.²	
boolean
ü
.com.github.openshift.api.image.v1.TagReferenceÉ"What one tag should point to.²
objectÊ›
A
annotations2"Free data of the tag.ª
²
string²
object
‡
from
0#/definitions/io.k8s.api.core.v1.ObjectReference"KWhat the tag follows: an image, a tag of a stream, or an image of a stream.
k

generation]int64"HThe stream's generation when the tag last changed; 0 asks for an import.²	
integer
a
importPolicyQ
?#/definitions/com.github.openshift.api.image.v1.TagImportPolicy"How to import.

name"The tag.²
string
]
	referenceP"BWhether the tag only points to a pull spec that is never imported.²	
boolean
~
referencePolicyk
B#/definitions/com.github.openshift.api.image.v1.TagReferencePolicy"%Which pull spec users of the tag get.
Î
4com.github.openshift.api.image.v1.TagReferencePolicy•"#Which pull spec users of a tag get.²
objectÊb
`
typeX"K`Source` (where it was imported from) or `Local` (the integrated registry).²
string
ƒ
'io.k8s.api.core.v1.LocalObjectReferenceX"(The name of something in the same place.²
objectÊ 

name"	The name.²
string
¶
"io.k8s.api.core.v1.ObjectReference"Points to another object.²
objectÊå
9

apiVersion+"`group/version` of the object.²
string
/
	fieldPath""A part of the object.²
string
h
kind`"SKind of the object: for tags `DockerImage`, `ImageStreamImage` or `ImageStreamTag`.²
string
X
nameP"CName: for tags a pull spec, `stream@digest`, `stream:tag` or `tag`.²
string
N
	namespaceA"4Namespace; empty means that of the referring object.²
string
6
resourceVersion#"Version of the object.²
string
+
uid$"Identity of the object.²
string

-io.k8s.apimachinery.pkg.apis.meta.v1.ListMetaÝ"Version and place of a list.²
objectÊ°
L
continue@"3Where the next page starts; empty on the last page.²
string
_
remainingItemCountIint64"4How many items follow this page, when that is known.²	
integer
M
resourceVersion:"-The version of the store that the list shows.²
string
0
selfLink$"Never set by the store.²
string
ù
7io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry½" The fields that one manager set.²
objectÊŒ
I

apiVersion;".`group/version` in which the fields are named.²
string
&

fieldsType"`FieldsV1`.²
string
#
fieldsV1"The fields as a tree.
,
manager!"Name of the manager.²
string
.
	operation!"`Apply` or `Update`.²
string
I
subresource:"-The sub-resource through which they were set.²
string
I
timeA	date-time")When the manager last changed its fields.²
string
¤
/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMetað"RName, identity, version and annotations of an object; the Kubernetes `ObjectMeta`.²
objectÊ
[
annotationsL"/Free data, at most 262,144 bytes with its keys.ª
²
string²
object
O
creationTimestamp:	date-time""When the store created the object.²
string
h
deletionGracePeriodSecondsJint64"5Seconds of grace; 0 while finalizers keep the object.²	
integer
k
deletionTimestampV	date-time">When deletion was asked for, while finalizers keep the object.²
string
{

finalizersm"&Who must agree before the object goes.²
arrayº
²
stringú(
x-kubernetes-patch-strategy	"merge"
d
generateNameT"GA prefix from which the store makes a unique name when `name` is empty.²
string
Y

generationKint64"6Counts the changes of the desired state; streams only.²	
integer
=
labels3"For selecting objects.ª
²
string²
object
ˆ
managedFieldsw"Which manager set which fields.²
arrayºI
G
E#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry
]
nameU"HUnique among the objects of one kind (and namespace); cannot be changed.²
string
W
	namespaceJ"=The namespace, empty for objects that have none; a DNS label.²
string
â
ownerReferencesÎ"%The objects that this one belongs to.²
arrayºE
C
A#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReferenceú'
x-kubernetes-patch-merge-key"uid"ú(
x-kubernetes-patch-strategy	"merge"
g
resourceVersionT"GThe version of the object: a decimal, to be compared for equality only.²
string
0
selfLink$"Never set by the store.²
string
F
uid?"2An identity in time and space, given by the store.²
string
È
3io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference"The owner of an object.²
objectÊè
8

apiVersion*"`group/version` of the owner.²
string
X
blockOwnerDeletionB"4Whether the owner can't go while this object exists.²	
boolean
T

controllerF"8Whether the owner manages this object; at most one does.²	
boolean
'
kind"Kind of the owner.²
string
'
name"Name of the owner.²
string
*
uid#"Identity of the owner.²
string
ð
+io.k8s.apimachinery.pkg.apis.meta.v1.StatusÀ"6Success or failure of a call; the Kubernetes `Status`.²
objectÊ¤
 

apiVersion"`v1`.²
string
-
code%int32"The HTTP status.²	
integer
g
details\
@#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails"What the error is about.

kind"	`Status`.²
string
*
message"The error as text.²
string
¤
metadata—
;#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"XAlways empty, except for the token that lets a list go on after its version has expired.
E
reason;".The error as one word, for example `NotFound`.²
string
.
status$"`Success` or `Failure`.²
stringúR
x-kubernetes-group-version-kind/-[{"group":"","kind":"Status","version":"v1"}]
Š
0io.k8s.apimachinery.pkg.apis.meta.v1.StatusCauseÕ"One mistake in an object.²
objectÊ«
(
field"Path of the field.²
string
,
message!"The mistake as text.²
string
Q
reasonG":The mistake as one word, for example `FieldValueRequired`.²
string
§
2io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetailsð"AThe object that a [`Status`] is about, and what is wrong with it.²
objectÊž
p
causesf"Every single mistake.²
arrayºB
@
>#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause
$
group"Its API group.²
string
[
kindS"FIts resource (plural), or its kind where the object itself is invalid.²
string
(
name "Name of the object.²
string
Z
retryAfterSecondsEint32"0After how many seconds trying again makes sense.²	
integer
!
uid"Its identity.²
string